/** Edits of sources: parts of texts put in the place of others, and patches of them. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Place } from '../reading/class-source';
import { textsOf } from '../reading/source-places';

/** What stands in a place from now on. */
export interface Edit extends Place {
  readonly text: string;
}

/** A text with edits of it made. Edits of one place are made in their order; the same one twice is made once. */
export function edited(text: string, edits: readonly Edit[]): string {
  const once = [...new Map(edits.map((edit) => [`${edit.start} ${edit.end} ${edit.text}`, edit])).values()];
  const ordered = once
    .map((edit, order) => ({ ...edit, order }))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order);
  let [result, at] = ['', 0];
  for (const { start, end, text: put } of ordered) {
    if (start < at) continue; // two different texts for one place: the first is kept
    result += text.slice(at, start) + put;
    at = end;
  }
  return result + text.slice(at);
}

/** A patch of all the files that edits are in, as `git apply` and `patch -p1` take it. `nameOf`: a file as it is called in it. */
export function patchOf(edits: readonly Edit[], nameOf: (file: string) => string): string {
  const textOf = textsOf();
  return [...new Set(edits.map(({ file }) => file))]
    .sort()
    .map((file) => {
      const before = textOf(file);
      const after = edited(
        before,
        edits.filter((edit) => edit.file === file),
      );
      const name = nameOf(file);
      return before === after
        ? ''
        : createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, {
            headerOptions: FILE_HEADERS_ONLY,
          });
    })
    .join('');
}
