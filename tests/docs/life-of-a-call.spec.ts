/** Compares docs/LIFE-OF-A-CALL.md with a real call: the files and functions that run, and their most in docs/house.json. Needs the build. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Stop {
  readonly file: string;
  readonly ran: readonly string[];
}

const most: { files: number; functions: number } = JSON.parse(
  readFileSync(join(__dirname, '../../docs/house.json'), 'utf8'),
).call;
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

test('the tour lists exactly the files that run during a call', () => {
  expect([...new Set(stops.map(({ file }) => file))].sort()).toEqual(ran.map(({ file }) => file).sort());
});

test('its stops are numbered in order', () => {
  expect(stops.map(({ number }) => number)).toEqual(stops.map((_, index) => index + 1));
});

const files = ran.length;
const functions = ran.reduce((sum, stop) => sum + stop.ran.length, 0);

test('the page states the number of files and functions', () => {
  console.log(`a call runs ${files} files and ${functions} functions; at most ${most.files} and ${most.functions}`);
  expect(/\d+ files and \d+ functions/.exec(page.replaceAll(/\s+/g, ' '))?.[0]).toBe(`${files} files and ${functions} functions`);
});

test('a call runs no more files and functions than docs/house.json allows', () => {
  expect(files).toBeLessThanOrEqual(most.files);
  expect(functions).toBeLessThanOrEqual(most.functions);
});

test.each(stops.filter(({ functions }) => functions.length > 0))('$number: $functions of $file ran', ({ file, functions }) => {
  expect(ran.find((stop) => stop.file === file)?.ran).toEqual(expect.arrayContaining(functions));
});
