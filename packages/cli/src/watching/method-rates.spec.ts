/** Rates between readings of counts: of several servers, of servers that start again, vanish or are silent, and of hostile answers. */
import { timeOfNumber } from '@concord-rpc/core/wire';
import { type FleetCounts, type MethodCounts, serviceIn } from '../figures/ask-figures';
import { quantile, RatesOfFleet } from './method-rates';
import { ratesText, sorted } from './rates-table';

const NOTHING: MethodCounts = { started: 0, failed: 0, ended: {}, times: [], average: 0, lastError: '' };

/** Readings of services with one method: `at` in milliseconds, and the counts by the id of the service. */
function reading(at: number, counts: Readonly<Record<string, Partial<MethodCounts>>>): FleetCounts {
  return new Map(
    Object.entries(counts).map(([id, given]) => [
      id,
      { server: id, topic: 'e/t', endpoint: 'A@1', at, methods: new Map([['m', { ...NOTHING, ...given }]]) },
    ]),
  );
}

test('the first reading gives no rates; the next gives those of all servers', () => {
  const rates = new RatesOfFleet();
  const first = { a: { started: 100, ended: { ok: 100 } }, b: { started: 5 } };
  expect(rates.read(reading(0, first))).toBeUndefined();
  const second = {
    a: { started: 120, failed: 4, ended: { ok: 106, declared: 4, overloaded: 10 }, times: [[40, 3]] as const },
    b: { started: 6, times: [[48, 1]] as const },
  };
  const [method, ...others] = rates.read(reading(2_000, second))!;
  expect(others).toEqual([]);
  expect(method).toMatchObject({ topic: 'e/t', method: 'A@1.m', servers: 2, calls: 10.5, errors: 2, refused: 5 });
  expect(method!.codes).toEqual({ declared: 4, overloaded: 10 });
  expect([method!.p50! / timeOfNumber(40), method!.p99! / timeOfNumber(48)].map((share) => share > 0.84 && share <= 1)).toEqual([
    true,
    true,
  ]);
});

test('a server that starts again, or whose counts became smaller, gives no rate below zero', () => {
  const rates = new RatesOfFleet();
  rates.read(reading(0, { a: { started: 100 }, b: { started: 100 } }));
  expect(rates.read(reading(1_000, { a: { started: 3 }, c: { started: 7 } }))).toEqual([]);
  expect(rates.read(reading(2_000, { a: { started: 4 }, c: { started: 9 } }))).toMatchObject([{ servers: 2, calls: 3 }]);
});

test('a server that was silent once has its rate over the longer time; one that was silent long begins again', () => {
  const rates = new RatesOfFleet();
  rates.read(reading(0, { a: { started: 0 }, b: { started: 0 } }));
  rates.read(reading(1_000, { b: { started: 0 } }));
  expect(rates.read(reading(2_000, { a: { started: 10 }, b: { started: 0 } }))).toMatchObject([{ servers: 2, calls: 5 }]);
  for (let second = 3; second < 20; second++) rates.read(reading(second * 1_000, { b: { started: 0 } }));
  expect(rates.read(reading(20_000, { a: { started: 9_999 }, b: { started: 0 } }))).toMatchObject([{ servers: 1, calls: 0 }]);
});

test('refusals are unknown if the release of the servers does not tell verdicts', () => {
  const rates = new RatesOfFleet();
  rates.read(reading(0, { a: { started: 1, ended: undefined } }));
  const found = rates.read(reading(1_000, { a: { started: 2, ended: undefined } }))!;
  expect(found[0]).toMatchObject({ calls: 1, refused: undefined, p50: undefined });
  expect(ratesText(found, { by: 'calls', most: 10, servers: 1 })).toContain(
    'A@1.m   e/t    1        1.0      -    -    0.0       -\n',
  );
});

test('no rate is below zero and no latency is out of range, whatever servers do', () => {
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const rates = new RatesOfFleet();
  for (let step = 0; step < 500; step++) {
    const counts = Object.fromEntries(
      Array.from({ length: random(4) }, () => {
        const times = [[random(128), random(50)] as const];
        return [
          `s${random(4)}`,
          { started: random(100), failed: random(100), ended: { ok: random(9), overloaded: random(9) }, times },
        ];
      }),
    );
    for (const { calls, errors, refused, p50, p99 } of rates.read(reading(step * 1_000, counts)) ?? []) {
      expect(Math.min(calls, errors, refused ?? 0)).toBeGreaterThanOrEqual(0);
      if (p50 !== undefined) expect(p99!).toBeGreaterThanOrEqual(p50);
    }
  }
});

test('a quantile is that of exact times, to a tenth', () => {
  const times = Array.from({ length: 1_000 }, (_, index) => 0.05 * 1.008 ** index);
  const counts = new Array<number>(128).fill(0);
  for (const time of times) counts[Math.ceil(Math.log2(time * 1_000) * 4)]!++;
  for (const share of [0.01, 0.5, 0.9, 0.99]) {
    const exact = times[Math.ceil(share * 1_000) - 1]!;
    expect(Math.abs(quantile(counts, share)! / exact - 1)).toBeLessThan(0.1);
  }
  expect(quantile([], 0.5)).toBeUndefined();
});

test('rows are sorted by a column, and equal ones by name', () => {
  const row = (method: string, calls: number, p99?: number) =>
    ({ topic: 't', method, servers: 1, calls, errors: 0, refused: 0, p50: p99, p99, codes: {} }) as const;
  const rows = [row('b', 1), row('a', 1, 5), row('c', 9)];
  expect(sorted(rows, 'calls').map(({ method }) => method)).toEqual(['c', 'a', 'b']);
  expect(sorted(rows, 'p99').map(({ method }) => method)).toEqual(['a', 'b', 'c']);
  expect(sorted(rows, 'method').map(({ method }) => method)).toEqual(['a', 'b', 'c']);
  expect(ratesText(rows, { by: 'calls', most: 1, servers: 3 })).toContain('2 more methods called\n');
});

const GOOD = {
  ...{ name: 'A', id: 'boot', version: '1.2.0', metadata: { 'concord.server': 's', 'concord.topic': 'e/t' } },
  endpoints: [{ name: 'm', num_requests: 3, num_errors: 1, data: { ended: { ok: 2 }, times: [[40, 3]] } }],
};
const read = (answer: unknown) => serviceIn(Buffer.from(JSON.stringify(answer)));

test('the answer of a service is read', () => {
  const [key, service] = read(GOOD)!;
  expect([key, service.server, service.topic, service.endpoint]).toEqual(['boot e/t s A@1', 's', 'e/t', 'A@1']);
  expect(service.methods.get('m')).toMatchObject({ started: 3, failed: 1, ended: { ok: 2 }, times: [[40, 3]] });
});

test.each<[string, unknown]>([
  ['nothing', null],
  ['another program', { ...GOOD, metadata: {} }],
  ['a name that is none', { ...GOOD, name: '\u001b[2J' }],
  ['a topic that is none', { ...GOOD, metadata: { ...GOOD.metadata, 'concord.topic': 'a b/c' } }],
  ['no endpoints', { ...GOOD, endpoints: null }],
  ['a version that is none', { ...GOOD, version: 'one' }],
])('%s is left out', (_what, answer) => {
  expect(read(answer)).toBeUndefined();
});

test('counts that are none are left out', () => {
  const figures = { num_requests: -1, num_errors: 'x', data: { ended: { ok: -1, bad: 2 }, times: [[900, 1], [1], 'x', [3, 4]] } };
  const [, service] = read({ ...GOOD, endpoints: [{ name: 'm', ...figures }, { name: 'a b' }] })!;
  expect([...service.methods]).toEqual([
    ['m', { started: 0, failed: 0, ended: { bad: 2 }, times: [[3, 4]], average: 0, lastError: '' }],
  ]);
});
