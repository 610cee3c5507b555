/** The section of the results about late parts: measured by itself, and kept when the rest is written anew. */
import { readFileSync, writeFileSync } from 'node:fs';

const RESULTS = new URL('results.md', import.meta.url);
const TITLE = '\n## Late parts\n\n';
const NEXT = '\n## ';

/** What stands below its title; `undefined` if it has not been measured. */
export function lateSection() {
  const page = readFileSync(RESULTS, 'utf8');
  const from = page.indexOf(TITLE);
  if (from < 0) return undefined;
  const to = page.indexOf(NEXT, from + TITLE.length);
  return page.slice(from + TITLE.length, to < 0 ? undefined : to).trim();
}

/** Puts a text in its place, or before the last section if there was none. */
export function keepLateSection(text) {
  const page = readFileSync(RESULTS, 'utf8');
  const known = page.indexOf(TITLE);
  const from = known < 0 ? page.lastIndexOf(NEXT) : known;
  const to = known < 0 ? from : page.indexOf(NEXT, known + TITLE.length);
  writeFileSync(RESULTS, `${page.slice(0, from)}${TITLE}${text}\n${page.slice(to)}`);
}
