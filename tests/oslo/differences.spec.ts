/** No observed case is dropped, no reason is unused, and docs/OSLO-DIFFERENCES.md says what the tests show. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CASES, type Sections } from './cases/cases';
import { NAMED_IDS, SPLIT } from './cases/classification';
import { DIFFERENCES, type Reason, SAME_FAILURE } from './cases/differences';

const DOCUMENT = readFileSync(join(__dirname, '../../docs/OSLO-DIFFERENCES.md'), 'utf8');
const SECTIONS = Object.keys(SPLIT) as (keyof Sections)[];
const REASONS = Object.keys(DIFFERENCES) as Reason[];

/** The rows of the table under a heading, without its head. */
function tableUnder(heading: string): string[][] {
  const [, section] = DOCUMENT.split(`\n## ${heading}\n`);
  const lines = (section ?? '').split('\n## ')[0]!.split('\n');
  const rows = lines.filter((line) => line.startsWith('|')).slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function casesOf(section: keyof Sections, reason: Reason): number {
  return SPLIT[section].differing.filter((each) => each.reason === reason).length;
}

test.each(SECTIONS)('every case of %s matches or differs for a reason, and none does both', (section) => {
  const { matching, differing } = SPLIT[section];
  const ids = [...matching.map(({ id }) => id), ...differing.map(({ observed }) => observed.id)];
  expect(ids.sort()).toEqual(CASES[section].map(({ id }) => id).sort());
  expect(new Set(ids).size).toBe(ids.length);
});

test('every case that the classification names exists', () => {
  const known = new Set(SECTIONS.flatMap((section) => CASES[section].map(({ id }) => id)));
  expect(NAMED_IDS.filter((id) => !known.has(id))).toEqual([]);
});

test('the document counts the cases as they were run', () => {
  expect(tableUnder('What was compared').map(([section, , ...counts]) => [section, ...counts])).toEqual(
    SECTIONS.map((section) => {
      const { matching, differing } = SPLIT[section];
      return [`\`${section}\``, ...[CASES[section].length, matching.length, differing.length].map(String)];
    }),
  );
});

test('the document tells every difference, and no other', () => {
  expect(tableUnder('Where Concord differs')).toEqual(
    REASONS.map((reason) => {
      const { oslo, concord, why } = DIFFERENCES[reason];
      const count = SECTIONS.reduce((sum, section) => sum + casesOf(section, reason), 0);
      expect(count).toBeGreaterThan(0);
      return [`**${reason}**`, oslo, concord, why, String(count)];
    }),
  );
});

test('the document tells how errors are called, and no other', () => {
  expect(tableUnder('The same failure by another name')).toEqual(
    Object.entries(SAME_FAILURE).map(([error, { means, code }]) => [`\`${error}\``, means, `\`${code}\``]),
  );
});
