/** The skew kit: an interface at several versions side by side, from today's class and from recorded contracts. */
import { compileContract } from '@concord-rpc/core/engine';
import { Skew, sideOf, skewPairs } from '@concord-rpc/testing';
import { contractOf } from 'concord-rpc';
import { Filter, Ports12, Ports13, portsHandlers } from '../fixtures/contracts/ports';

const VERSIONS = ['1.1', '1.2', '1.3'];
const skew = new Skew<Ports13>({
  contract: Ports13,
  implementation: portsHandlers('today') as Ports13,
  recorded: { '1.2': contractOf(Ports12) },
});
afterAll(() => skew.stop());

const FULL: Filter = { network: 'n', mac: 'm' };

describe.each(skewPairs(VERSIONS))('a client at $client with a server at $server', ({ client: version, server }) => {
  beforeAll(() => skew.serve(server));

  test('what both know is answered', async () => {
    const client = skew.client(version);
    await expect(client.getPorts('h')).resolves.toEqual({ server: 'today', host: 'h' });
    const items = [];
    for await (const item of client.watch('h')) items.push(item);
    expect(items).toEqual([{ server: 'today', host: 'h' }]);
    expect(await client.$servers()).toEqual([{ server: `server-${server}`, versions: [server] }]);
  });
});

test.each([
  ['1.3', '1.3', { network: 'n', mac: 'm' }],
  ['1.3', '1.2', { network: 'n' }],
  ['1.3', '1.1', undefined],
  ['1.2', '1.3', { network: 'n' }],
  ['1.2', '1.1', undefined],
] as const)('a call of a client at %s reaches a server at %s with the filter %j', async (version, server, filter) => {
  await skew.serve(server);
  const given = version === '1.2' ? { network: 'n' } : FULL;
  await expect(skew.client(version).getPorts('h', given)).resolves.toEqual({
    server: 'today',
    host: 'h',
    ...(filter && { filter }),
  });
});

test('a method that the version did not have is not there, neither for its clients nor at its servers', async () => {
  await skew.serve('1.2');
  expect('count' in skew.client('1.2')).toBe(false);
  await expect(skew.client('1.3').count('h')).rejects.toMatchObject({ code: 'unsupported_version' });
  await skew.serve('1.2', '1.3');
  await expect(skew.client('1.3').count('h')).resolves.toBe(1);
});

test('a server of a version checks arguments as that version did', async () => {
  await skew.serve('1.2');
  await expect(skew.client('1.2').getPorts('h', { network: 5 } as never)).rejects.toMatchObject({
    code: 'invalid_argument',
    data: { violations: [{ path: 'filter.network', message: 'must be string' }] },
  });
});

test('the pairs of a table', () => {
  expect(skewPairs(['1', '2', '3']).map(({ client, server }) => `${client}${server}`)).toEqual([
    '11',
    '12',
    '21',
    '22',
    '23',
    '32',
    '33',
  ]);
  expect(skewPairs(['1', '2', '3'], 2)).toHaveLength(9);
});

test.each(['ignore', 'reject'] as const)(
  'servers of a recorded contract %s undeclared arguments if the release did',
  (unknownArgs) => {
    const { endpoints, ...rest } = contractOf(Ports12);
    const [[key, endpoint]] = Object.entries(endpoints) as [[string, object]];
    const recorded = { ...rest, endpoints: { [key]: { ...endpoint, unknownArgs } } } as ReturnType<typeof contractOf>;
    const { type, validator } = sideOf(recorded, key);
    expect(compileContract(type, validator).unknownArgs ?? 'reject').toBe(unknownArgs);
  },
);
