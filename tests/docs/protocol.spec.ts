/** Holds docs/PROTOCOL.md to the code: its JSON blocks are golden files, which the codec writes and reads and a server answers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRpcError, jsonCodec, type Reply, type Request, subjects } from '@concord-rpc/core';
import { MemoryTransport } from 'concord-rpc';
import { dhcpServer } from './dhcp-plugin-api';

/** A message as its file holds it. */
interface Golden {
  readonly kind: 'request' | 'reply';
  readonly subject?: string;
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
  expect(subjects.methodSubject(prefix, namespace, Number(major), Number(minor), method)).toBe(golden.subject);
});

test.each(rows)('$name: is read', ({ golden }) => {
  const read = golden.kind === 'request' ? jsonCodec.decodeRequest : jsonCodec.decodeReply;
  if (golden.refused === undefined) expect(read(Buffer.from(golden.body))).toEqual(golden.decoded);
  else expect(codeOf(() => requireServable(read(Buffer.from(golden.body))))).toBe(golden.refused);
});

/** A request that was read may still have to be refused; then its sender is told, by its nonce. */
function requireServable(message: Request | Reply): void {
  if ('refusal' in message && message.refusal !== undefined) throw message.refusal;
}

test.each(rows.filter(({ golden }) => !golden.receiveOnly))('$name: is written', ({ golden }) => {
  const written = golden.kind === 'request' ? writeRequest(golden.decoded as Request) : writeReply(golden.decoded as Reply);
  expect(Buffer.from(written).toString()).toBe(golden.body);
});

test.each(rows.filter(({ golden }) => golden.answeredBy))('$name: is answered by $golden.answeredBy', async ({ golden }) => {
  const transport = new MemoryTransport();
  const server = dhcpServer(transport);
  await server.start();
  const answer = await new Promise<string>((resolve) => {
    const inbox = subjects.replyPrefix('rpc', 'tester');
    transport.subscribe(subjects.anyReply(inbox), { deliver: ({ data }) => resolve(Buffer.from(data).toString()) });
    transport.publish(golden.subject!, Buffer.from(golden.body), subjects.replySubject(inbox, 0));
  });
  await server.stop();
  expect(answer).toBe(goldens.get(golden.answeredBy!)!.body);
});

function writeRequest({ args, nonce, ttl, contract, cast, calls, refusal: _, ...extras }: Request): Uint8Array {
  if (calls !== undefined) return jsonCodec.joinRequests(calls.map(writeRequest), nonce!);
  const positional: unknown[] = Array.isArray(args) ? args : Object.assign([], args);
  const names = positional.map((_, index) => `arg${index}`);
  const encoder = jsonCodec.requestEncoder(contract!, names);
  return cast ? encoder.cast(encoder.args(positional), extras) : encoder.call(encoder.args(positional), nonce!, ttl, extras);
}

function writeReply({ nonce, result, error, replies, notice, items, end, server }: Reply): Uint8Array {
  if (notice !== undefined) return jsonCodec.encodeNotice(notice, nonce);
  if (items !== undefined) return jsonCodec.encodeItems(items.map(jsonCodec.encodeItem), end === true, nonce);
  if (replies !== undefined) return jsonCodec.joinReplies(replies.map(writeReply));
  return error === undefined ? jsonCodec.encodeResult(result, nonce, server) : jsonCodec.encodeError(error, nonce, server);
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (thrown) {
    return isRpcError(thrown) ? thrown.code : String(thrown);
  }
  return undefined;
}
