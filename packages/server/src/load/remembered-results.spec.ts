/** How much a server remembers, and for how long. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Codec, jsonCodec, type Reply } from '@concord-rpc/core';
import type { ServedMethod } from '../registration/served-method';
import { IncomingRequest } from '../request/incoming-request';
import { NO_STATS } from '../request/server-stats';
import { RememberedResults } from './remembered-results';

const WINDOW = 1_000;
const method = { label: 'Till.pay', definition: { idempotencyWindow: WINDOW } } as ServedMethod;

function memory(bounds: { results: number; bytes: number }, codec: Codec = jsonCodec) {
  const clock = { now: 0 };
  const stats = { ...NO_STATS };
  const answered: string[] = [];
  const repeaters = { wait: () => undefined, answer: ({ nonce }: IncomingRequest) => answered.push(nonce!) };
  const remembered = new RememberedResults(stats, repeaters, bounds, () => clock.now);
  let nonces = 0;
  /** A call comes; whether it has begun before. If not, it is answered with so many characters, if any are given. */
  const call = (id: string, characters?: number): boolean => {
    const exchange = new IncomingRequest('s', 'rpc.default.till.any._.1.0.pay', 'rpcr.x.1', codec);
    exchange.method = method;
    exchange.read({ args: [], id, nonce: `n${nonces++}` }, Number.POSITIVE_INFINITY);
    const has = remembered.hasBegun(exchange);
    if (characters !== undefined) exchange.onAnswer?.(codec.encodeResult('x'.repeat(characters), exchange.nonce));
    return has;
  };
  return { call, clock, stats, answered };
}

test('a result is remembered for the window, counted from its end, and then forgotten', () => {
  const { call, clock, stats, answered } = memory({ results: 10, bytes: 10_000 });
  call('a', 5);
  clock.now = WINDOW - 1;
  expect(call('a')).toBe(true);
  expect(answered).toEqual(['n1']);
  clock.now = WINDOW;
  expect(call('a')).toBe(false);
  expect(stats.repeated).toBe(1);
});

test('beyond so many results, those go that nobody has asked about for longest', () => {
  const { call } = memory({ results: 3, bytes: 10_000 });
  for (const id of ['a', 'b', 'c']) call(id, 5);
  expect(call('a')).toBe(true);
  call('d', 5);
  expect(['c', 'd', 'a'].map((id) => call(id))).toEqual([true, true, true]);
  expect(call('b')).toBe(false);
});

test('beyond so many bytes too', () => {
  const { call } = memory({ results: 100, bytes: 1_000 });
  for (const id of ['a', 'b', 'c']) call(id, 400);
  expect(['b', 'c'].map((id) => call(id))).toEqual([true, true]);
  expect(call('a', 2_000)).toBe(false); // too large to be remembered
  expect(call('a')).toBe(false);
});

test('of a call that has ended only the answer is kept, and no part of what was sent', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const answers: unknown[] = [];
  const repeaters = { wait: () => undefined, answer: (_exchange: IncomingRequest, { result }: Reply) => answers.push(result) };
  const remembered = new RememberedResults({ ...NO_STATS }, repeaters);
  const begin = (args: unknown[]) => {
    const exchange = new IncomingRequest('s', 'rpc.default.till.any._.1.0.pay', 'rpcr.x.1', jsonCodec);
    exchange.method = method;
    exchange.read({ args, id: 'k', nonce: 'n' }, Number.POSITIVE_INFINITY);
    remembered.hasBegun(exchange);
    return exchange;
  };
  const kept = (() => {
    const args = ['large'];
    const sent = jsonCodec.encodeResult('paid', 'n');
    begin(args).onAnswer!(sent);
    sent.fill(0);
    return new WeakRef(args);
  })();
  await new Promise((resolve) => setImmediate(resolve)); // a WeakRef holds its target until the turn ends
  collectGarbage();
  expect(kept.deref()).toBeUndefined();
  begin([]);
  expect(answers).toEqual(['paid']);
});

test('one that waits is answered when the first ends, and one that was refused is forgotten', () => {
  const codec = jsonCodec;
  const answered: string[] = [];
  const repeaters = { wait: () => undefined, answer: ({ nonce }: IncomingRequest) => answered.push(nonce!) };
  const remembered = new RememberedResults({ ...NO_STATS }, repeaters);
  const exchange = (nonce: string) => {
    const made = new IncomingRequest('s', 'rpc.default.till.any._.1.0.pay', 'rpcr.x.1', codec);
    made.method = method;
    made.read({ args: [], id: 'k', nonce }, Number.POSITIVE_INFINITY);
    return made;
  };
  const first = exchange('first');
  expect([first, exchange('second'), exchange('third')].map((each) => remembered.hasBegun(each))).toEqual([false, true, true]);
  const error = { code: 'overloaded', message: 'x', executed: 'no' as const, retryable: true };
  first.onAnswer!(codec.encodeError(error, 'first'));
  expect(answered).toEqual(['second', 'third']);
  expect(remembered.hasBegun(exchange('fourth'))).toBe(false);
});
