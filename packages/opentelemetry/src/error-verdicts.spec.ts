/** The table of error verdicts: the guide has the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_SIDES, isErrorOn } from './error-verdicts';

const GUIDE = readFileSync(join(__dirname, '../../../docs/guides/opentelemetry.md'), 'utf8');
const SIDES: Readonly<Record<string, string>> = {
  '': 'none',
  'both sides': 'both',
  'the client': 'client',
  'the server': 'server',
};

test('the guide lists each verdict with its side', () => {
  const [, table] = /\| status code \| an error on \|\n\|---\|---\|\n([\s\S]*?)\n\n/.exec(GUIDE)!;
  const rows = table!.split('\n').map((row) => row.split('|').map((cell) => cell.trim()));
  const stated = rows.flatMap(([, codes, side]) => [...codes!.matchAll(/`(\w+)`/g)].map(([, code]) => [code, SIDES[side!]]));
  expect(Object.fromEntries(stated)).toEqual(ERROR_SIDES);
  expect(stated).toHaveLength(Object.keys(ERROR_SIDES).length);
});

test('an error that a contract declares is one of the caller', () => {
  expect([isErrorOn('client', 'declared'), isErrorOn('server', 'declared')]).toEqual([true, false]);
  expect([isErrorOn('client', 'internal'), isErrorOn('server', 'internal')]).toEqual([true, true]);
  expect([isErrorOn('client', 'ok'), isErrorOn('server', 'ok')]).toEqual([false, false]);
});
