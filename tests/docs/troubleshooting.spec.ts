/** Holds docs/guides/troubleshooting.md to the sources: every message that it quotes exists, and every error code has a row. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '@concord-rpc/core/engine';
import { ROOT } from './doc-programs';
import { missingPart, sourceTexts } from './source-texts';

const page = readFileSync(join(ROOT, 'docs/guides/troubleshooting.md'), 'utf8');
const texts = sourceTexts();

/** The messages in the first column of each table that is headed by `message`. */
const messages = page
  .split(/\n\n+/)
  .filter((block) => block.startsWith('| message |'))
  .flatMap((table) => table.split('\n').slice(2))
  .map((row) => /^\| `(?<message>[^`]+)` \|/.exec(row)?.groups?.message ?? row);

test('the page has tables of messages', () => {
  expect(messages.length).toBeGreaterThan(100);
});

test.each(messages)('%s', (message) => {
  const { code, sentence } = /^(?:\[(?<code>\w+)\] )?(?<sentence>[^|]+)$/.exec(message)!.groups as Record<string, string>;
  if (code !== undefined) expect(Object.keys(ERROR_CODES)).toContain(code);
  expect(missingPart(sentence!, texts)).toBeUndefined();
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
    expect(missingPart(message, texts)).toBeDefined();
  },
);
