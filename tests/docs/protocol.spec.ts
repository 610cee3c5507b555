/** Holds docs/PROTOCOL.md to the code: its JSON blocks are golden files, which the codec writes and reads and a server answers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonCodec, presence, type Reply, type Request, subjects, watching } from '@concord-rpc/core/wire';
import { answerTo, codeOf, requireServable, write } from './golden-messages';

/** A message as its file holds it. */
interface Golden {
  readonly kind: 'request' | 'reply';
  readonly subject?: string;
  /** The subject of a sign of presence. */
  readonly sign?: string;
  /** The subject of calls that are shown to an observer. */
  readonly seen?: string;
  /** Servers read it, Concord's clients do not write it. */
  readonly receiveOnly?: boolean;
  readonly body: string;
  readonly decoded?: Request | Reply;
  /** The code of the error with which reading it fails. */
  readonly refused?: string;
  /** The file of the reply that a server gives. */
  readonly answeredBy?: string;
}

const FOLDER = join(__dirname, '../../packages/core/src/wire/golden');
const page = readFileSync(join(__dirname, '../../docs/PROTOCOL.md'), 'utf8');
const goldens = new Map<string, Golden>(
  readdirSync(FOLDER).map((file) => [file.replace('.golden.json', ''), JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))]),
);
const rows = [...goldens].map(([name, golden]) => ({ name, golden }));

test('every JSON block of the page is a golden file, and every golden file is on the page', () => {
  const blocks = [...page.matchAll(/^```json\n([\s\S]*?)\n```$/gm)].map(([, block]) => block);
  const bodies = rows.map(({ golden }) => golden.body);
  expect([...new Set(blocks)].sort()).toEqual([...new Set(bodies)].sort());
});

test.each(rows.filter(({ golden }) => golden.subject))('$name: its subject is on the page and reads back', ({ golden }) => {
  expect(page).toContain(golden.subject);
  const { delivery, server, namespace, major, minor, method } = subjects.parseSubject(golden.subject!)!;
  const address = { root: 'rpc', exchange: 'neutron', topic: 'q-plugin' };
  const prefix = {
    any: () => subjects.anyPrefix(address),
    to: () => subjects.serverPrefix(address, server!),
    all: () => subjects.allPrefix(address),
  }[delivery]();
  expect(subjects.methodSubject(prefix, { namespace, major: Number(major), minor: Number(minor), method })).toBe(golden.subject);
});

test.each(rows.filter(({ golden }) => golden.sign))('$name: is a sign, on the subject of its server', ({ golden }) => {
  expect(page).toContain(golden.sign);
  const sign = presence.readSign(golden.sign!, Buffer.from(golden.body))!;
  const address = { root: 'rpc', exchange: 'neutron', topic: 'q-plugin' };
  expect(presence.signSubject(address, sign.announcement.server)).toBe(golden.sign);
  expect(Buffer.from(presence.encodeSign(sign)).toString()).toBe(golden.body);
});

test.each(rows.filter(({ golden }) => golden.seen))(
  '$name: is shown to an observer, on the subject of its server',
  ({ golden }) => {
    expect(page).toContain(golden.seen);
    const seen = watching.readSeen(Buffer.from(golden.body))!;
    const server = watching.serverOfSeen(golden.seen!)!;
    const address = { root: 'rpc', exchange: 'neutron', topic: 'q-plugin' };
    expect(watching.seenSubject(address, server, golden.seen!.slice(golden.seen!.lastIndexOf('.') + 1))).toBe(golden.seen);
    expect(Buffer.from(watching.encodeSeen(seen)).toString()).toBe(golden.body);
  },
);

test.each(rows)('$name: is read', ({ golden }) => {
  const read = golden.kind === 'request' ? jsonCodec.decodeRequest : jsonCodec.decodeReply;
  if (golden.refused === undefined) expect(read(Buffer.from(golden.body))).toEqual(golden.decoded);
  else expect(codeOf(() => requireServable(read(Buffer.from(golden.body))))).toBe(golden.refused);
});

test.each(rows.filter(({ golden }) => !golden.receiveOnly))('$name: is written', ({ golden }) => {
  expect(Buffer.from(write(jsonCodec, golden.kind, golden.decoded!)).toString()).toBe(golden.body);
});

test.each(rows.filter(({ golden }) => golden.answeredBy))('$name: is answered by $golden.answeredBy', async ({ golden }) => {
  const answer = await answerTo(golden.subject!, Buffer.from(golden.body));
  expect(answer.toString()).toBe(goldens.get(golden.answeredBy!)!.body);
});
