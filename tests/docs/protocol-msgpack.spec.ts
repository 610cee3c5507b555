/** Holds the MessagePack section of docs/PROTOCOL.md to the code: its hex blocks are golden files, which the codec writes and reads. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reply, Request } from '@concord-rpc/core/wire';
import { messagePack } from '@concord-rpc/msgpack';
import { answerTo, codeOf, requireServable, write } from './golden-messages';

/** A message as its file holds it. */
interface Golden {
  readonly kind: 'request' | 'reply';
  readonly subject?: string;
  /** Servers read it, ours do not write it. */
  readonly receiveOnly?: boolean;
  /** In hexadecimal, byte by byte. */
  readonly body: string;
  /** Dates and bytes are written `{ "$date": … }` and `{ "$bytes": … }`. */
  readonly decoded?: Request | Reply;
  /** The code of the error with which reading it fails. */
  readonly refused?: string;
  /** The file of the reply that a server gives. */
  readonly answeredBy?: string;
}

const FOLDER = join(__dirname, '../../packages/msgpack/src/golden');
const codec = messagePack.load();
const page = readFileSync(join(__dirname, '../../docs/PROTOCOL.md'), 'utf8');
const goldens = new Map<string, Golden>(
  readdirSync(FOLDER).map((file) => [
    file.replace('.golden.json', ''),
    JSON.parse(readFileSync(join(FOLDER, file), 'utf8'), withInstances),
  ]),
);
const rows = [...goldens].map(([name, golden]) => ({ name, golden }));

function withInstances(_key: string, value: any): unknown {
  if (typeof value?.$date === 'string') return new Date(value.$date);
  return typeof value?.$bytes === 'string' ? Buffer.from(value.$bytes, 'hex') : value;
}

const bytesOf = ({ body }: Golden) => Buffer.from(body.replaceAll(' ', ''), 'hex');
const hexOf = (data: Uint8Array) =>
  Buffer.from(data)
    .toString('hex')
    .replaceAll(/..(?!$)/g, '$& ');

test('every hex block of the page is a golden file, and every golden file is on the page', () => {
  const blocks = [...page.matchAll(/^```hex\n([\s\S]*?)\n```$/gm)].map(([, block]) => block!.replaceAll('\n', ' '));
  expect([...new Set(blocks)].sort()).toEqual(rows.map(({ golden }) => golden.body).sort());
});

test.each(rows)('$name: is read', ({ golden }) => {
  const read = golden.kind === 'request' ? codec.decodeRequest : codec.decodeReply;
  if (golden.refused === undefined) expect(read(bytesOf(golden))).toEqual(golden.decoded);
  else expect(codeOf(() => requireServable(read(bytesOf(golden))))).toBe(golden.refused);
});

test.each(rows.filter(({ golden }) => !golden.receiveOnly))('$name: is written', ({ golden }) => {
  expect(hexOf(write(codec, golden.kind, golden.decoded!))).toBe(golden.body);
});

test.each(rows.filter(({ golden }) => golden.answeredBy))('$name: is answered by $golden.answeredBy', async ({ golden }) => {
  expect(page).toContain(golden.subject);
  expect(hexOf(await answerTo(golden.subject!, bytesOf(golden)))).toBe(goldens.get(golden.answeredBy!)!.body);
});
