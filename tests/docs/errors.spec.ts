/** Holds the table of docs/ERRORS.md to the table of codes: every code, no other, and what is said of each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, type ErrorRow } from '@concord-rpc/core/engine';

const RETRY = { true: 'yes', false: 'no', idempotent: 'if idempotent' };

const page = readFileSync(join(__dirname, '../../docs/ERRORS.md'), 'utf8');
const table = page.slice(page.indexOf('## The codes'), page.indexOf('## What to do'));
const onPage = new Map([...table.matchAll(/^\| `(\w+)` \|.*$/gm)].map(([row, code]) => [code!, row]));
const codes = Object.entries(ERROR_CODES) as [string, ErrorRow][];

test('the page lists every code, in the order of the table, and no other', () => {
  expect([...onPage.keys()]).toEqual(codes.map(([code]) => code));
});

test.each(codes)('%s', (code, { meaning, executed, retryable, raisedBy }) => {
  expect(onPage.get(code)).toBe(`| \`${code}\` | ${meaning} | ${executed} | ${RETRY[`${retryable}`]} | ${raisedBy} |`);
});
