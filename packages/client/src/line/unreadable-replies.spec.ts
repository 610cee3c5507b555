/** Replies that cannot be decoded: they end the calls whose nonces they hold, alone and in batches, and no other call. */
import type { RpcError } from '@concord-rpc/core';
import { Codecs, jsonCodec, type Reply } from '@concord-rpc/core/wire';
import { MemoryTransport } from '@concord-rpc/memory';
import { messagePack } from '@concord-rpc/msgpack';
import { noncesIn } from './nonces-in';
import type { PendingCall } from './pending-call';
import { PendingCalls } from './pending-calls';

const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

const setUp = () => {
  const transport = new MemoryTransport();
  return { transport, pending: new PendingCalls(transport, new Codecs([messagePack])) };
};

/** A call that records its replies, and closes its slot as real calls do. */
function recorded(pending: PendingCalls, find?: PendingCall['find']): PendingCall & { replies: Reply[] } {
  const call: PendingCall & { replies: Reply[] } = {
    slot: undefined,
    subject: 's',
    deadline: performance.now() + 60_000,
    replies: [],
    onReply(reply) {
      this.replies.push(reply);
      pending.close(this);
    },
    onNoResponders: () => undefined,
    onEnding: () => undefined,
    ...(find && { find }),
  };
  pending.open(call, pending.slotsOf({ exchange: 'e', topic: 't' }));
  return call;
}

const outcome = ({ replies }: { replies: Reply[] }) => replies.map(({ result, error }) => error?.code ?? result);

test.each([
  [
    'the members whose nonces it holds',
    (re: string[]) => `{"replies":[{"re":"${re[0]}","result":1},{"re":"${re[1]}","result":${DEEP}}]}`,
    [['protocol_error'], ['protocol_error'], []],
  ],
  [
    'only the member of a bad reply',
    (re: string[]) => `{"replies":[{"re":"${re[0]}","result":1},{"re":"${re[1]}","error":1},{"re":"${re[2]}","result":3}]}`,
    [[1], ['protocol_error'], [3]],
  ],
  [
    'only the member of a key __proto__',
    (re: string[]) => `{"replies":[{"re":"${re[0]}","result":{"__proto__":1}},{"re":"${re[2]}","result":3}, 5, [], null]}`,
    [['protocol_error'], [], [3]],
  ],
  ['none without a nonce', (re: string[]) => `{"replies":[{"re":"${re[0]!.slice(1)}","result":${DEEP}}]}`, [[], [], []]],
])('a batch of replies that is too deep or bad ends %s', async (_what, message, expected) => {
  const { transport, pending } = setUp();
  const members = [recorded(pending), recorded(pending), recorded(pending)];
  const batch = recorded(pending, (nonce) => members.find(({ slot }) => slot?.nonce === nonce));
  const nonces = members.map(({ slot }) => slot!.nonce);
  transport.publish(batch.slot!.reply, Buffer.from(message(nonces)));
  await transport.flush();
  await new Promise((resolve) => setImmediate(resolve));
  expect(members.map(outcome)).toEqual(expected);
  for (const { replies } of members) {
    for (const { error } of replies) expect((error as RpcError | undefined)?.executed ?? 'maybe').toBe('maybe');
  }
  expect(batch.replies).toEqual([]);
  for (const member of [...members, batch]) pending.close(member);
  await transport.close();
});

test('nonces are found in both codecs, wherever they stand, each once and at most 256', () => {
  const nonce = (index: number) => index.toString(36).padStart(16, '_');
  const replies = Array.from({ length: 300 }, (_, index) => nonce(index));
  for (const codec of [jsonCodec, messagePack.load()]) {
    const all = codec.batchReplies(replies.slice(0, 256).map((re, index) => codec.encodeResult({ re: 'no nonce', index }, re)));
    expect([...noncesIn(all.subarray(0, all.length - 2))]).toEqual(replies.slice(0, 256));
  }
  expect(noncesIn(Buffer.from(replies.map((re) => `"re":"${re}""re":"${re}"`).join())).size).toBe(256);
  expect(noncesIn(Buffer.from(`"re":"${'x'.repeat(17)}" "re":"${'x'.repeat(15)}" "rf":"${'x'.repeat(16)}"`)).size).toBe(0);
});
