/** Callers that are counted: in a window of time, by versions that exist, and at most a thousand names. */
import type { RequestFacts } from '@concord-rpc/core/engine';
import { Callers } from './callers';

let now: number;
let callers: Callers;
beforeEach(() => {
  now = 0;
  callers = new Callers(() => now);
});

const request = (facts: Partial<RequestFacts>): RequestFacts =>
  ({ contract: 'Ports', contractVersion: '1.2', callerVersion: '1.2', mode: 'call', queued: 0, ...facts }) as RequestFacts;

test.each<[string, Partial<RequestFacts>, string | undefined]>([
  ['its own version', {}, '1.2'],
  ['an earlier version', { callerVersion: '1.0' }, '1.0'],
  ['a later version', { callerVersion: '1.3' }, '_OTHER'],
  ['another major', { callerVersion: '2.0' }, '_OTHER'],
  ['no version', { callerVersion: undefined }, '_OTHER'],
  ['a text', { callerVersion: 'x'.repeat(1_000) }, '_OTHER'],
  ['a refused call', { queued: undefined }, undefined],
  ['an unknown method', { contract: undefined }, undefined],
  ['a cast', { mode: 'cast', callerVersion: undefined }, undefined],
])('%s', (_, facts, version) => {
  callers.add(request(facts));
  expect(callers.counts().map((count) => count.version)).toEqual(version === undefined ? [] : [version]);
});

test('a caller counts once, for 15 minutes after its last call', () => {
  for (const [time, caller] of [
    [0, 'a'],
    [0, 'b'],
    [600_000, 'b'],
    [600_000, undefined],
  ] as const) {
    now = time;
    callers.add(request({ caller }));
  }
  expect(callers.counts()).toEqual([{ contract: 'Ports', version: '1.2', callers: 3 }]);
  now = 900_001;
  expect(callers.counts()).toEqual([{ contract: 'Ports', version: '1.2', callers: 2 }]);
  now = 1_500_001;
  expect(callers.counts()).toEqual([]);
});

test('names that are forgotten make room for others', () => {
  for (let index = 0; index < 3_000; index++) callers.add(request({ caller: `a${index}` }));
  expect(callers.counts()).toMatchObject([{ callers: 1_001 }]);
  now = 1_000_000;
  callers.counts();
  for (let index = 0; index < 3_000; index++) callers.add(request({ caller: `b${index}` }));
  expect(callers.counts()).toMatchObject([{ callers: 1_001 }]);
});
