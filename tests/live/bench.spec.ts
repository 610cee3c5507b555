/** `concord bench` on a nats-server with logins: what it measures, what it refuses, and what it says of failures. */
import 'reflect-metadata';
import { RpcServer } from 'concord-rpc';
import { DhcpPluginApi } from '../fixtures/contracts/dhcp-plugin-api';
import { type LiveFleet, startLiveFleet } from './live-fleet';

let fleet: LiveFleet;
/** Calls that the server `flaky` has got. */
let flakyCalls = 0;
beforeAll(async () => {
  fleet = await startLiveFleet();
  const flaky = new RpcServer(fleet.transport, {
    server: 'flaky',
    logger: { warn: () => undefined, error: () => undefined },
  }).register(
    DhcpPluginApi,
    {
      getPorts: () => {
        if (++flakyCalls % 2 === 0) throw new Error('not this time');
        return [];
      },
      updatePort: () => {
        flakyCalls++;
        throw new Error('never');
      },
      releaseDhcpPort: () => undefined,
    },
    { listen: ['to'] },
  );
  await fleet.serve(flaky);
});
afterAll(() => fleet.stop());
beforeEach(() => {
  flakyCalls = 0;
});

const METHOD = ['DhcpPluginApi@1.getPorts', '["node-1"]'];
const bench = (...args: string[]) => fleet.run('caller', ['bench', '--warmup', '0', ...args]);

test('it prints calls a second, percentiles and a histogram', async () => {
  const { code, out, err } = await bench(...METHOD, '--calls', '200', '--concurrency', '8');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [first, second, time, , ...rows] = out.trimEnd().split('\n');
  expect(first).toMatch(/^DhcpPluginApi@1\.getPorts: 8 in flight, for \d+\.\d s$/);
  expect(second).toMatch(/^200 calls, \d+ a second, 0 failed$/);
  expect(time).toMatch(/^time {2}p50 [\d.]+ ms {2}p90 [\d.]+ ms {2}p99 [\d.]+ ms {2}p99\.9 [\d.]+ ms {2}max [\d.]+ ms$/);
  for (const row of rows) expect(row).toMatch(/^up to [\d.]+ ms +[\d.]+ %( +=*)?$/);
});

test('--json is one document, --csv a row for each second', async () => {
  const json = await bench(...METHOD, '--duration', '1200ms', '--rate', '100', '--json');
  const document = JSON.parse(json.out);
  expect(document).toMatchObject({
    method: 'DhcpPluginApi@1.getPorts',
    ...{ concurrency: 1_000, rate: 100, succeeded: 120, failed: 0, errors: {} },
  });
  const { p50, p90, p99, 'p99.9': p999, max } = document.milliseconds;
  expect([p50, p90, p99, p999, max]).toEqual([p50, p90, p99, p999, max].sort((a, b) => a - b));
  const sum = (parts: readonly { calls: number }[]) => parts.reduce((total, { calls }) => total + calls, 0);
  expect([sum(document.histogram), sum(document.perSecond)]).toEqual([120, 120]);

  const csv = await bench(...METHOD, '--calls', '50', '--csv');
  const [head, ...rows] = csv.out.trimEnd().split('\n');
  expect(head).toBe('seconds,succeeded,failed,p50,p90,p99,p99.9,max');
  expect(rows.reduce((total, row) => total + Number(row.split(',')[1]), 0)).toBe(50);
});

test('the first call is made alone: if it fails, no other is made', async () => {
  const { code, out, err } = await bench('DhcpPluginApi@1.updatePort', '["port-1"]', '--to', 'flaky', '--effects');
  expect({ code, out, calls: flakyCalls }).toEqual({ code: 7, out: '', calls: 1 });
  expect(err).toMatch(/^error: \[internal\]/);
});

test('later failures are counted by code, and not sent again; the exit code is that of the worst', async () => {
  const { code, out } = await bench(...METHOD, '--to', 'flaky', '--calls', '10', '--concurrency', '1');
  expect({ code, calls: flakyCalls }).toEqual({ code: 7, calls: 11 });
  expect(out).toMatch(/\n5 calls, \d+ a second, 5 failed\n {2}internal: 5\ntime /);
});

test('Ctrl-C ends it, with the result until then; progress goes to a terminal only', async () => {
  const stopped = new AbortController();
  const lines: string[] = [];
  const onStatus = (line: string) => {
    lines.push(line);
    if (line.startsWith('[')) stopped.abort();
  };
  const run = fleet.run('caller', ['bench', ...METHOD, '--duration', '10m', '--warmup', '1ms'], {
    signal: stopped.signal,
    onStatus,
  });
  const { code, out, err } = await run;
  expect({ code, err, last: lines.at(-1), warmed: lines.includes('warming up') }).toEqual({
    ...{ code: 0, err: '', last: '', warmed: true },
  });
  expect(lines.find((line) => line.startsWith('['))).toMatch(/^\[ {30}\] 0 % {2}\d+ calls a second, 0 failed$/);
  expect(out).toMatch(/\n\d+ calls, \d+ a second, 0 failed\n/);
});

test.each<[string, string[], number, RegExp]>([
  [
    'a method with effects',
    ['DhcpPluginApi@1.updatePort', '["port-1"]'],
    6,
    /updatePort is not declared idempotent: .*\n.*--effects/,
  ],
  [
    'a cast',
    ['DhcpPluginApi@1.releaseDhcpPort', '["n","d"]', '--effects'],
    6,
    /has the mode cast: bench measures the time until a result/,
  ],
  ['arguments that do not fit', ['DhcpPluginApi@1.getPorts', '[5]'], 2, /host: must be a string/],
  ['CSV and JSON', [...METHOD, '--csv', '--json'], 2, /'--csv' cannot be used with option '--json'/],
  ['a rate that is none', [...METHOD, '--rate', '0'], 2, /Write a whole number from 1/],
  ['an option that is near another', [...METHOD, '--concurency', '4'], 2, /Did you mean --concurrency\?/],
  ['a server that is not there', [...METHOD, '--to', 'missing'], 5, /missing/],
])('%s: refused, and nothing is called', async (_what, args, code, message) => {
  const ended = await bench(...args);
  expect(ended.err).toMatch(message);
  expect([ended.code, ended.out, flakyCalls]).toEqual([code, '', 0]);
});
