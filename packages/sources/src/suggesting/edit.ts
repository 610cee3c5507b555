/** Edits of source text, applied to a text or printed as a patch. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { SourceRange } from '../reading/class-source';
import { textsOf } from '../reading/source-positions';

/** A range of a file and the text that replaces it. */
export interface Edit extends SourceRange {
  readonly text: string;
}

/** Returns a text with edits applied. Edits at one offset are applied in their order, equal edits once. */
export function edited(text: string, edits: readonly Edit[]): string {
  const once = [...new Map(edits.map((edit) => [`${edit.start} ${edit.end} ${edit.text}`, edit])).values()];
  const ordered = once
    .map((edit, order) => ({ ...edit, order }))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order);
  let [result, at] = ['', 0];
  for (const { start, end, text: put } of ordered) {
    if (start < at) continue; // overlaps an edit that was applied
    result += text.slice(at, start) + put;
    at = end;
  }
  return result + text.slice(at);
}

/** Returns a patch of all edited files for `git apply` or `patch -p1`. `nameOf` returns the name of a file in the patch. */
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
