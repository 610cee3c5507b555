/** Holds docs/LIFE-OF-A-CALL.md to a call that is made: the files of the tour are those that run, no more and no fewer. Needs the build. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Stop {
  readonly file: string;
  readonly ran: readonly string[];
}

const page = readFileSync(join(__dirname, '../../docs/LIFE-OF-A-CALL.md'), 'utf8');
const stops = [...page.matchAll(/^\| (\d+) \| `([^`]+)` \|([^|]*)\|/gm)].map(([, number, file, functions]) => ({
  number: Number(number),
  file: file!,
  functions: [...functions!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
}));
const ran: Stop[] = JSON.parse(
  execFileSync(process.execPath, [join(__dirname, 'one-call.cjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  }),
);

test('the tour goes through every file that runs during a call, and no other', () => {
  expect([...new Set(stops.map(({ file }) => file))].sort()).toEqual(ran.map(({ file }) => file).sort());
});

test('its stops are numbered in order', () => {
  expect(stops.map(({ number }) => number)).toEqual(stops.map((_, index) => index + 1));
});

test('it counts the files right', () => {
  expect(/(\d+) files/.exec(page)?.[1]).toBe(String(ran.length));
});

test.each(stops.filter(({ functions }) => functions.length > 0))('$number: $functions of $file ran', ({ file, functions }) => {
  expect(ran.find((stop) => stop.file === file)?.ran).toEqual(expect.arrayContaining(functions));
});
