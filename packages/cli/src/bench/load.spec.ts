/** The load of `concord bench`: calls in flight, calls on time, and the times of calls that had to wait. */
import { Latencies } from './latencies';
import { type BenchLoad, putLoad } from './load';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Puts a load on a call that takes so many milliseconds. Resolves to the calls, the most in flight and the times of the calls. */
async function run(load: Partial<BenchLoad>, answerAfter: (call: number) => number, stopAfter?: number) {
  let [calls, flying, most] = [0, 0, 0];
  const times: number[] = [];
  const failures: unknown[] = [];
  const call = async () => {
    const number = calls++;
    most = Math.max(most, ++flying);
    await new Promise((resolve) => setTimeout(resolve, answerAfter(number)));
    flying--;
    if (number === 7) throw new Error('the eighth');
  };
  const stopped = new AbortController();
  if (stopAfter !== undefined) setTimeout(() => stopped.abort(), stopAfter);
  const settled = { concurrency: 4, duration: 1_000, calls: Number.POSITIVE_INFINITY, signal: stopped.signal, ...load };
  let isOver = false;
  void putLoad(settled, call, {
    succeed: (milliseconds) => times.push(milliseconds),
    fail: (error) => failures.push(error),
  }).then(() => {
    isOver = true;
  });
  await jest.advanceTimersByTimeAsync(20_000);
  return { calls, most, times: times.sort((a, b) => a - b), failures: failures.length, isOver };
}

test('without a rate, a call begins when another has ended', async () => {
  const { calls, most, failures, isOver } = await run({}, () => 100);
  expect({ most, failures, isOver }).toEqual({ most: 4, failures: 1, isOver: true });
  expect(calls).toBeGreaterThanOrEqual(36);
  expect(calls).toBeLessThanOrEqual(40);
});

test.each<[string, Partial<BenchLoad>]>([
  ['in flight', { calls: 10, duration: Number.POSITIVE_INFINITY }],
  ['at a rate', { calls: 10, duration: Number.POSITIVE_INFINITY, rate: 50 }],
  ['at a rate and for a time', { rate: 50, duration: 200 }],
])('so many calls %s', async (_what, load) => {
  const { calls, failures, times, isOver } = await run(load, () => 100);
  expect({ calls, failures, times: times.length, isOver }).toEqual({ calls: 10, failures: 1, times: 9, isOver: true });
});

test.each<[string, Partial<BenchLoad>]>([
  ['in flight', {}],
  ['at a rate', { rate: 40 }],
])('a signal ends the load %s before its time', async (_what, load) => {
  const { calls, isOver } = await run({ ...load, duration: Number.POSITIVE_INFINITY }, () => 100, 250);
  expect(isOver).toBe(true);
  expect(calls).toBeGreaterThan(4);
  expect(calls).toBeLessThanOrEqual(16);
});

test('at a rate, a pause of the server is in the times of the calls that were due meanwhile', async () => {
  const { calls, most, times } = await run({ rate: 100, concurrency: 1 }, (call) => (call === 20 ? 500 : 1));
  expect([calls, most]).toEqual([100, 1]);
  // the call that paused is one of a hundred: without the calls that were due meanwhile, the 90th percentile would be 1 ms
  expect(times[Math.floor(times.length * 0.9)]).toBeGreaterThan(300);
  const waited = await run({ concurrency: 1, calls: 100 }, (call) => (call === 20 ? 500 : 1));
  expect(waited.times[Math.floor(waited.times.length * 0.9)]).toBeLessThan(10);
});

test('a rate does not make more calls in flight than the concurrency', async () => {
  const { most, times } = await run({ rate: 1_000, concurrency: 3, duration: 100 }, () => 50);
  expect(most).toBe(3);
  expect(times.at(-1)).toBeGreaterThan(1_000);
});

test('times are counted as percentiles, rows and seconds', () => {
  const latencies = new Latencies();
  expect([latencies.percentiles, latencies.rows]).toEqual([undefined, []]);
  for (let call = 1; call <= 1_000; call++) {
    latencies.succeed(call / 10);
    if (call === 500) latencies.endSecond(1);
  }
  latencies.fail('overloaded');
  latencies.succeed(3_600_000);
  latencies.endSecond(1.5);
  const { p50, p90, p99, 'p99.9': p999, max } = latencies.percentiles!;
  expect([p50, p90, p99, p999].map(Math.round)).toEqual([50, 90, 99, 100]);
  expect(max).toBeGreaterThan(3_590_000);
  expect(latencies.rows.reduce((sum, { calls }) => sum + calls, 0)).toBe(1_001);
  expect(latencies.rows[0]).toEqual({ atMost: 0.1, calls: 1 });
  expect(latencies.rows.find(({ atMost }) => atMost === 10)).toEqual({ atMost: 10, calls: 30 });
  expect(latencies.seconds.map(({ until, calls, failed }) => [until, calls, failed])).toEqual([
    [1, 500, 0],
    [1.5, 501, 1],
  ]);
  expect(latencies.errors).toEqual(new Map([['overloaded', 1]]));
});
