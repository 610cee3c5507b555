/** Holds docs/guides/troubleshooting.md to the sources: every message that it quotes exists, and every error code has a row. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '@concord-rpc/core/engine';
import { ROOT } from './doc-programs';
import { END, fixedParts, longestStart, missingPart, sourceTexts } from './source-texts';

const page = readFileSync(join(ROOT, 'docs/guides/troubleshooting.md'), 'utf8');
const texts = sourceTexts();

/** The messages in the first column of each table that is headed by `message`. */
const messages = page
  .split(/\n\n+/)
  .filter((block) => block.startsWith('| message |'))
  .flatMap((table) => table.split('\n').slice(2))
  .map((row) => /^\| (?:`(?<one>[^`]+)`|``(?<two>.+)``) \|/.exec(row)?.groups ?? { one: row })
  .map(({ one, two }) => one ?? two!);

test('the page has tables of messages', () => {
  expect(messages.length).toBeGreaterThan(100);
});

test.each(messages)('%s', (message) => {
  const { code, sentence } = /^(?:\[(?<code>\w+)\] )?(?<sentence>[^|]+)$/.exec(message)!.groups as Record<string, string>;
  if (code !== undefined) expect(Object.keys(ERROR_CODES)).toContain(code);
  expect(missingPart(sentence!, texts.values())).toBeUndefined();
});

/** Texts to which another file gives the code. */
const CODED_ELSEWHERE = [
  'which only the JSON codec calls', // write-value.ts
  'was stopped while it ran', // abandon.ts
  'result of <method>', // the code of the codec
  '<method>: <path>: <rule>', // violations of a validator
  '<message of the handler>',
  'is not JSON', // protocol-error.ts
  'message begins with byte', // protocol-error.ts
  'request has envelope version', // protocol-error.ts
  'TLS does not accept the certificate', // connect-error.ts
];

/** The codes of the files that have the longest piece of a sentence: one of them raises it. */
function codesNear(sentence: string): string[] {
  const [longest] = fixedParts(sentence).sort((a, b) => b.length - a.length);
  if (longest === undefined) return [];
  const lengths = [...texts.values()].map((text) => longestStart(longest, text));
  const near = [...texts.values()].filter((_, index) => lengths[index] === Math.max(...lengths));
  return Object.keys(ERROR_CODES).filter((code) => near.some((text) => text.split(END).includes(code)));
}

test.each(messages.filter((message) => message.startsWith('[')))('the code of %s', (message) => {
  const { code, sentence } = /^\[(?<code>\w+)\] (?<sentence>.+)$/.exec(message)!.groups as Record<string, string>;
  if (CODED_ELSEWHERE.some((text) => sentence!.includes(text))) return;
  expect(codesNear(sentence!)).toContain(code);
});

test('each message stands on the page once', () => {
  expect(messages.filter((message, index) => messages.indexOf(message) !== index)).toEqual([]);
});

test.each(Object.keys(ERROR_CODES))('the page has a message with the code %s', (code) => {
  const isInHeading = page.includes(`\`${code}\`, unless the row names another`);
  expect(isInHeading || messages.some((message) => message.startsWith(`[${code}] `))).toBe(true);
});

test.each(['was not delivered: no server is subscribed anywhere', 'the broker has eaten the message'])(
  'a message that does not exist is noticed: %s',
  (message) => {
    expect(missingPart(message, texts.values())).toBeDefined();
  },
);
