/** Reads and writes the results' section about late parts, which is measured separately and preserved by other runs. */
import { readFileSync, writeFileSync } from 'node:fs';

const RESULTS = new URL('results.md', import.meta.url);
const TITLE = '\n## Late parts\n\n';
const NEXT = '\n## ';

/** Returns the text of the section; `undefined` if it was not measured. */
export function lateSection() {
  const page = readFileSync(RESULTS, 'utf8');
  const from = page.indexOf(TITLE);
  if (from < 0) return undefined;
  const to = page.indexOf(NEXT, from + TITLE.length);
  return page.slice(from + TITLE.length, to < 0 ? undefined : to).trim();
}

/** Writes the section in its place, or before the last section if it is new. */
export function writeLateSection(text) {
  const page = readFileSync(RESULTS, 'utf8');
  const known = page.indexOf(TITLE);
  const from = known < 0 ? page.lastIndexOf(NEXT) : known;
  const to = known < 0 ? from : page.indexOf(NEXT, known + TITLE.length);
  writeFileSync(RESULTS, `${page.slice(0, from)}${TITLE}${text}\n${page.slice(to)}`);
}
