/** Rates from the counts of servers: restarts, servers that leave, answers that are not counts, and bounded series. */
import { serviceIn } from '../figures/ask-figures';
import { LoadSeries } from './load-series';
import { CountsOfServices } from './service-counts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

interface Given {
  readonly server?: string;
  readonly id?: string;
  readonly calls?: unknown;
  readonly errors?: unknown;
  readonly refused?: unknown;
  /** Milliseconds. */
  readonly average?: number;
}

function answer({ server = 's', id = 'boot', calls = 0, errors = 0, refused = 0, average = 2 }: Given): Uint8Array {
  const list = {
    ...{ name: 'list', num_requests: calls, num_errors: errors, last_error: errors === 0 ? '' : 'internal' },
    ...{
      average_processing_time: average * 1_000_000,
      data: { ended: { ok: calls, overloaded: Number(refused) + Number(errors) } },
    },
  };
  const metadata = { 'concord.topic': 'default/ports', 'concord.server': server };
  return Buffer.from(JSON.stringify({ name: 'Ports', id, version: '1.2.0', metadata, endpoints: [list] }));
}

/** Adds the answers of rounds that are two seconds apart. */
function counted(...rounds: readonly (readonly Given[])[]): CountsOfServices {
  const counts = new CountsOfServices();
  for (const [index, round] of rounds.entries()) {
    if (index > 0) jest.advanceTimersByTime(2_000);
    counts.take(new Map(round.map((given) => serviceIn(answer(given))!)), Date.now());
  }
  return counts;
}

test('one round has totals, and no rates', () => {
  const counts = counted([{ calls: 7, errors: 1, refused: 2 }]);
  expect(counts.of('Ports@1')).toEqual([
    { method: 'list', calls: 7, errors: 1, refusals: 2, lastError: 'internal', load: undefined, series: [] },
  ]);
  expect(counts.loadOf('default/ports', 's')).toBeUndefined();
});

test('two rounds have rates of methods and of servers', () => {
  const counts = counted(
    [{ calls: 10 }, { server: 't', calls: 100, average: 4 }],
    [
      { calls: 20, errors: 4, refused: 2 },
      { server: 't', calls: 130, average: 4 },
    ],
  );
  const ofServer = { callsPerSecond: 5, errorsPerSecond: 2, refusalsPerSecond: 1, milliseconds: 2 };
  expect(counts.loadOf('default/ports', 's')).toEqual(ofServer);
  const [list] = counts.of('Ports@1');
  expect(list!.load).toEqual({ callsPerSecond: 20, errorsPerSecond: 2, refusalsPerSecond: 1, milliseconds: 3.5 });
  expect(list!.series).toEqual([[Date.now() / 1_000, list!.load]]);
});

test('a server that was started again begins at zero, and a server that left is forgotten', () => {
  const restarted = counted([{ calls: 1_000 }], [{ id: 'next', calls: 3 }]);
  expect(restarted.loadOf('default/ports', 's')).toBeUndefined();
  expect(
    counted([{ calls: 1_000 }], [{ id: 'next', calls: 3 }], [{ id: 'next', calls: 5 }]).loadOf('default/ports', 's'),
  ).toMatchObject({
    callsPerSecond: 1,
  });
  expect(counted([{}], [{}], []).of('Ports@1')).toEqual([]);
});

test('no call has no time', () => {
  expect(counted([{ calls: 5 }], [{ calls: 5 }]).loadOf('default/ports', 's')).toMatchObject({
    callsPerSecond: 0,
    milliseconds: null,
  });
});

test.each([[{ calls: 'many' }], [{ calls: -1 }], [{ errors: null }]])('%j is no count', (given) => {
  expect(counted([given]).of('Ports@1')).toMatchObject([{ calls: 0, errors: 0 }]);
});

test.each(['', '{}', 'null', '{"name":"Ports","version":"1.0.0","metadata":{"concord.topic":"a/b","concord.server":"s"}}'])(
  '%s is no answer',
  (text) => {
    expect(serviceIn(Buffer.from(text))).toBeUndefined();
  },
);

test('a server of an older release states no refusals', () => {
  expect(counted([{ refused: undefined, calls: 1 }]).of('Ports@1')).toMatchObject([{ calls: 1, refusals: 0 }]);
});

test('a series has the last 300 points', () => {
  const series = new LoadSeries();
  const load = (value: number) => ({ callsPerSecond: value, errorsPerSecond: 0, refusalsPerSecond: 0, milliseconds: null });
  for (let at = 0; at < 1_000; at++) series.add(at, load(at));
  const points = series.points();
  expect(points.length).toBe(300);
  expect([points[0], points.at(-1)]).toEqual([
    [700, load(700)],
    [999, load(999)],
  ]);
});
