/** The usage log of a server: times of last calls, and methods with more arguments than bits. */
import { UsageLog } from './usage-log';

/** Creates a log of one method with the given number of arguments. */
function logOf(argCount: number) {
  const log = new UsageLog();
  const contract = { name: 'Ports', version: { major: 1, minor: 0 } };
  const definition = { name: 'm', args: Array.from({ length: argCount }, (_, index) => ({ name: `a${index}` })) };
  const method = log.of(contract as never, definition as never);
  const registration = { contract, methods: new Map([['m', { definition }]]) };
  const call = (...args: unknown[]) =>
    log.counts.count(method, { args: [], contract: '1.0' }, 'rpc.fleet.ports.any._.1.m.0', args);
  return { log, call, report: () => log.report('one', [registration as never]) };
}

test('the time of the last call is in whole seconds, as the server ticks', () => {
  const now = jest.spyOn(performance, 'now').mockReturnValue(5_000);
  const { log, call, report } = logOf(1);
  log.counts.tick(8_900);
  call('h');
  now.mockReturnValue(20_100);
  expect(report()).toMatchObject({ seconds: 15, uses: [{ ago: 12 }] });
  now.mockRestore();
});

test('with more arguments than bits, the last ones count as passed', () => {
  const { call, report } = logOf(34);
  call(undefined, 1);
  expect(report().uses[0]!.args).toEqual(['a1', 'a30', 'a31', 'a32', 'a33']);
  call(...Array.from({ length: 34 }, () => 1));
  expect(report().uses[0]!.args).toHaveLength(34);
});
