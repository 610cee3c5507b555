/** Pairs of begins and ends: whatever the messages are, each call that began is told once as ended or lost. */
import type { watching } from '@concord-rpc/core/wire';
import { OpenCalls, type WatchedCall } from './open-calls';

const begin = (method: string): watching.SeenBegin => ({ method, mode: 'call', at: 0 });
const end: watching.SeenEnd = { verdict: 'ok', executed: 'yes', ms: 1 };

function setUp(most?: number) {
  const told: WatchedCall[] = [];
  const calls = new OpenCalls((call) => told.push(call), most);
  return { told, calls, events: () => told.map(({ event, server, id }) => `${event} ${server} ${id}`) };
}

test('a call in one message is told once, with its begin and its end', () => {
  const { told, calls } = setUp();
  calls.take('s', { id: 1, begin: begin('A@1.m'), end });
  expect(told).toEqual([{ event: 'ended', server: 's', id: 1, begin: begin('A@1.m'), end }]);
});

test('an end that comes later has the begin', () => {
  const { told, calls, events } = setUp();
  calls.take('s', { id: 1, begin: begin('A@1.m') });
  calls.take('t', { id: 1, end });
  calls.take('s', { id: 1, end });
  expect(events()).toEqual(['began s 1', 'ended s 1']);
  expect(told[1]).toMatchObject({ begin: begin('A@1.m'), end });
});

test('calls of a server that leaves, and the oldest of too many, are lost', () => {
  const { calls, events } = setUp(2);
  for (const [server, id] of [
    ['s', 1],
    ['t', 1],
    ['s', 2],
  ] as const)
    calls.take(server, { id, begin: begin('A@1.m') });
  calls.lose('s');
  calls.lose('s');
  expect(events()).toEqual(['began s 1', 'began t 1', 'began s 2', 'lost s 1', 'lost s 2']);
});

/** A generator of numbers below a limit, from a seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test('random messages', () => {
  for (let seed = 0; seed < 200; seed++) tryMessages(seed);
});

function tryMessages(seed: number): void {
  const random = randomFrom(seed);
  const { told, calls } = setUp(5);
  const open = new Set<string>();
  for (let step = 0; step < 200; step++) {
    const server = `s${random(3)}`;
    const id = random(8);
    const kind = random(10);
    if (kind === 0) calls.lose(server);
    else calls.take(server, { id, ...(kind < 6 && { begin: begin('A@1.m') }), ...(kind > 3 && { end }) });
  }
  for (const server of ['s0', 's1', 's2']) calls.lose(server);
  let most = 0;
  for (const { event, server, id } of told) {
    const key = `${server} ${id}`;
    if (event === 'began') {
      expect(open.has(key)).toBe(false);
      open.add(key);
    } else if (event === 'lost') expect(open.delete(key)).toBe(true);
    else open.delete(key);
    most = Math.max(most, open.size);
  }
  expect(open.size).toBe(0);
  expect(most).toBeLessThanOrEqual(6); // one more until the oldest is told
}
