/** Golden messages written by a codec as clients and servers write them, and what a server answers to them. */

import { isRpcError } from '@concord-rpc/core';
import { type Codec, type Encoded, type Reply, type Request, replySubjects, toBytes } from '@concord-rpc/core/wire';
import { MemoryTransport } from 'concord-rpc';
import { dhcpServer } from '../fixtures/contracts/dhcp-plugin-api';

/** The bytes of a message as our client or server writes it. */
export function write(codec: Codec, kind: 'request' | 'reply', message: Request | Reply): Uint8Array {
  return toBytes(kind === 'request' ? writeRequest(codec, message as Request) : writeReply(codec, message as Reply));
}

function writeRequest(codec: Codec, { args, nonce, ttl, contract, cast, calls, refusal: _, ...extras }: Request): Encoded {
  if (calls !== undefined)
    return codec.batchRequests(
      calls.map((call) => writeRequest(codec, call)),
      nonce!,
    );
  const positional: unknown[] = Array.isArray(args) ? args : Object.assign([], args);
  const names = positional.map((_, index) => `arg${index}`);
  const encoder = codec.requestEncoder(contract!, names);
  if (!cast) return encoder.call(encoder.args(positional), nonce!, ttl, extras);
  const { accept: _accept, ...others } = extras;
  return encoder.cast(encoder.args(positional), nonce === undefined ? extras : others, nonce);
}

function writeReply(codec: Codec, { nonce, result, error, notice, replies, slots, items, end, server }: Reply): Encoded {
  if (replies !== undefined)
    return codec.batchReplies(
      replies.map((reply) => writeReply(codec, reply)),
      slots,
    );
  if (notice !== undefined) return codec.encodeNotice(notice, nonce);
  if (items !== undefined) return codec.encodeItems(items.map(codec.encodeItem), end === true, nonce);
  return error === undefined ? codec.encodeResult(result, nonce, server) : codec.encodeError(error, nonce, server);
}

/** The id of a start, which is random: the page shows this one. */
const BOOT = '"boot":"mZ0q7Yt3LxKc9vRb"';

/** The answer of the server of the page's examples to a message, with the page's boot id. */
export async function answerTo(subject: string, message: Uint8Array): Promise<Buffer> {
  const transport = new MemoryTransport();
  const server = dhcpServer(transport);
  await server.start();
  const answer = await new Promise<Buffer>((resolve) => {
    const inbox = replySubjects.prefixOf('rpc', 'tester', 'c');
    transport.subscribe(replySubjects.anyOf(inbox), { deliver: ({ data }) => resolve(Buffer.from(data)) });
    transport.publish(subject, message, replySubjects.subjectOf(inbox, 's', 0));
  });
  await server.stop();
  const boots = answer.toString('latin1').replace(/"boot":"[\w-]{16}"/, BOOT);
  return Buffer.from(boots, 'latin1');
}

/** A request that was read may still have to be refused; then its sender is told, by its nonce. */
export function requireServable(message: Request | Reply): void {
  if ('refusal' in message && message.refusal !== undefined) throw message.refusal;
}

/** The code of the error that something throws. */
export function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (thrown) {
    return isRpcError(thrown) ? thrown.code : String(thrown);
  }
  return undefined;
}
