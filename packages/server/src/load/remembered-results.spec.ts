/** The bounds of remembered results, and the time for which they are kept. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Codec, jsonCodec, type Reply, toBytes } from '@concord-rpc/core/wire';
import { IncomingRequest } from '../request/incoming-request';
import type { ServedMethod } from '../request/served-method';
import { NO_STATS } from '../request/server-stats';
import { RememberedResults } from './remembered-results';

const messageIn = (codec: Codec) => ({
  subject: 'rpc.default.till.any._.1.pay.0',
  reply: 'rpcr.x.1',
  form: 'alone' as const,
  codec,
});

const WINDOW = 1_000;
const method = { label: 'Till.pay', definition: { idempotencyWindow: WINDOW } } as ServedMethod;

function memory(bounds: { results: number; bytes: number }, codec: Codec = jsonCodec) {
  const clock = { now: 0 };
  const stats = { ...NO_STATS };
  const answered: string[] = [];
  const repeaters = { wait: () => undefined, answer: ({ nonce }: IncomingRequest) => answered.push(nonce!) };
  const remembered = new RememberedResults(stats, repeaters, bounds, () => clock.now);
  let nonces = 0;
  /** Makes a call; returns whether it has started before. If not, it is answered with so many characters, if any are given. */
  const call = (id: string, characters?: number): boolean => {
    const request = new IncomingRequest('s', messageIn(codec), { args: [], id, nonce: `n${nonces++}` });
    request.method = method;
    const has = remembered.hasBegun(request);
    if (characters !== undefined) request.onAnswer?.(toBytes(codec.encodeResult('x'.repeat(characters), request.nonce)));
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

test('beyond so many results, the least recently used are forgotten', () => {
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

test('after a call has ended, only a copy of its answer is kept', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const answers: unknown[] = [];
  const repeaters = { wait: () => undefined, answer: (_request: IncomingRequest, { result }: Reply) => answers.push(result) };
  const remembered = new RememberedResults({ ...NO_STATS }, repeaters, undefined, () => 0);
  const begin = (args: unknown[]) => {
    const request = new IncomingRequest('s', messageIn(jsonCodec), { args, id: 'k', nonce: 'n' });
    request.method = method;
    remembered.hasBegun(request);
    return request;
  };
  const kept = (() => {
    const args = ['large'];
    const sent = toBytes(jsonCodec.encodeResult('paid', 'n'));
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

test('a waiting attempt is answered when the first ends, and a refused call is forgotten', () => {
  const codec = jsonCodec;
  const answered: string[] = [];
  const repeaters = { wait: () => undefined, answer: ({ nonce }: IncomingRequest) => answered.push(nonce!) };
  const remembered = new RememberedResults({ ...NO_STATS }, repeaters);
  const attempt = (nonce: string) => {
    const made = new IncomingRequest('s', messageIn(codec), { args: [], id: 'k', nonce });
    made.method = method;
    return made;
  };
  const first = attempt('first');
  expect([first, attempt('second'), attempt('third')].map((each) => remembered.hasBegun(each))).toEqual([false, true, true]);
  const error = { code: 'overloaded', message: 'x', executed: 'no' as const, retryable: true };
  first.onAnswer!(toBytes(codec.encodeError(error, 'first')));
  expect(answered).toEqual(['second', 'third']);
  expect(remembered.hasBegun(attempt('fourth'))).toBe(false);
});
