/** matrix --verify: what is reasoned of versions side by side is what happens when they are run; and where it is not, it is found. */

import { type Verification, verifyMatrix } from '@concord-rpc/cli';
import type { ContractDocument } from '@concord-rpc/core';
import type { MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';
import { contractsAt } from '@concord-rpc/evolution';
import { IsInt, IsOptional, IsString, Max } from 'class-validator';
import { Backport, contractOf, Endpoint, RpcMethod, remote, Since } from 'concord-rpc';
import fc from 'fast-check';
import { histories, KEY } from '../fixtures/random/histories';
import { runs } from '../fixtures/random/runs';
import { concordHere, makeFolder } from './run-concord';

const VERSIONS = ['1.0', '1.1', '1.2', '1.3', '1.4'];

test('of contracts that grew as they may, every version with every other comes to what was reasoned', async () => {
  const some = fc.subarray(VERSIONS, { minLength: 2, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(histories, some, fc.nat(1_000), async (history, versions, seed) => {
      const sides = contractsAt(history, KEY, versions);
      const { disagreements, notes } = await verifyMatrix({ key: KEY, clients: sides, servers: sides, seed, rounds: 3 });
      expect({ disagreements, notes }).toEqual({ disagreements: [], notes: [] });
    }),
    { numRuns: runs(40) },
  );
}, 60_000);

const ONE = 'Ports@1';
const S = { type: 'string' };
function document(version: string, list: Partial<MethodDocument>, port?: SchemaDocument): ContractDocument {
  const methods: Record<string, MethodDocument> = { list: { mode: 'call', ...list } };
  return { contract: 1, endpoints: { [ONE]: { version, topic: 'ports', methods } }, types: port && { Port: port } };
}
const PORT = { $ref: '#/types/Port' };
const port = (properties: Record<string, SchemaDocument>, required = Object.keys(properties)): SchemaDocument => ({
  type: 'object',
  properties,
  required,
});
const verify = (client: ContractDocument, server: ContractDocument): Promise<Verification> =>
  verifyMatrix({ key: ONE, clients: [client], servers: [server], seed: 1 });

const takes = (version: string, type: SchemaDocument) => document(version, { args: [{ name: 'port', schema: PORT }] }, type);
const gives = (version: string, type: SchemaDocument) => document(version, { returns: PORT }, type);
const mtu = (maximum: number) => port({ mtu: { type: 'integer', minimum: 1, maximum } });

test.each<[string, ContractDocument, ContractDocument, object]>([
  [
    'a limit that was widened and does not say so',
    takes('1.1', mtu(100)),
    takes('1.0', mtu(10)),
    { args: { port: { mtu: 100 } }, reasoned: { outcome: 'ok' }, ran: 'break', why: expect.stringContaining('must be <= 10') },
  ],
  [
    'an argument that could not always be left out',
    document('1.1', { args: [{ name: 'host', schema: S, required: false }] }),
    document('1.0', { args: [{ name: 'host', schema: S }] }),
    { args: {}, reasoned: { outcome: 'ok' }, ran: 'break', why: expect.stringContaining('host: is required') },
  ],
  [
    'a result that an older server did not always give',
    gives('1.1', port({ id: S, name: S })),
    gives('1.0', port({ id: S })),
    { ran: 'break', why: expect.stringMatching(/^the client's type does not accept \{"id":/) },
  ],
  [
    'a field that an older server does not know',
    takes('1.1', port({ id: S, name: S })),
    takes('1.0', port({ id: S })),
    { reasoned: { outcome: 'ok' }, ran: 'degrade', why: expect.stringMatching(/^the handler received \[\{"id":"\w*"\}\]$/) },
  ],
])('%s is found, with the value that shows it', async (_what, client, server, expected) => {
  const { disagreements, pairs } = await verify(client, server);
  expect({ pairs, disagreements }).toEqual({ pairs: 1, disagreements: [expect.objectContaining({ method: 'list' })] });
  expect(disagreements[0]).toMatchObject(expected);
  expect(await verify(client, server)).toMatchObject({ disagreements }); // the same seed, the same calls
});

test.each<[string, ContractDocument, ContractDocument]>([
  ['a method that is gone', document('1.0', {}), { ...document('1.1', {}), endpoints: { [ONE]: other('1.1') } }],
  ['a field that became required', takes('1.0', port({ id: S }, [])), takes('1.1', port({ id: S }))],
  [
    'a value that is no longer taken',
    takes('1.0', port({ id: { enum: ['a', 'b'] } })),
    takes('1.1', port({ id: { enum: ['a'] } })),
  ],
  ['a field that is no longer given', gives('1.0', port({ id: S, name: S })), gives('1.1', port({ id: S }))],
  [
    'a value that was not given before',
    gives('1.0', port({ id: { enum: ['a'] } })),
    gives('1.1', port({ id: { enum: ['a', 'b'] } })),
  ],
])('%s breaks as reasoned, and some call shows it', async (_what, client, server) => {
  expect(await verify(client, server)).toMatchObject({ disagreements: [], notes: [] });
});

function other(version: string) {
  return { version, topic: 'ports', methods: { another: { mode: 'call' as const } } };
}

test('a break that no call shows, and types of which no values are found, are noted', async () => {
  const reading = (unknownArgs: 'ignore' | 'reject'): ContractDocument => {
    const { endpoints } = document('1.0', {});
    return { contract: 1, endpoints: { [ONE]: { ...endpoints[ONE]!, unknownArgs } } };
  };
  expect(await verify(reading('ignore'), reading('reject'))).toMatchObject({
    disagreements: [],
    notes: ['list of 1.0 at 1.0: no call shows the predicted break (UNKNOWN_ARGS_NOW_REJECTED)'],
  });
  const unmade = document('1.0', { args: [{ name: 'a', schema: { type: 'string', pattern: '^[0-9]{9}$' } }] });
  expect(await verify(unmade, unmade)).toMatchObject({
    calls: 0,
    notes: ['list of 1.0: no value that its arguments accept was generated'],
  });
});

test('dates and bytes travel as what they are', async () => {
  const dated = document('1.0', {
    args: [{ name: 'at', schema: { type: 'string', format: 'date-time', 'x-codec': 'timestamp' } }],
    returns: { type: 'string', format: 'binary', 'x-codec': 'bytes' },
  });
  const packed = { ...dated, endpoints: { [ONE]: { ...dated.endpoints[ONE]!, codec: 'msgpack' } } };
  expect(await verify(packed, packed)).toMatchObject({ disagreements: [], notes: [] });
});

/** Its backport is wrong: what it makes of a large MTU is no number. */
class Net {
  @IsString() id!: string;
  @IsInt() @Max(9000) mtu!: number;
  @Since('1.1') @IsOptional() @IsString() zone?: string;
  @Backport('1.0') static toOld({ mtu, ...rest }: Net): object {
    return { ...rest, mtu: mtu > 1500 ? 'jumbo' : mtu };
  }
}
@Endpoint({ topic: 'nets', version: '1.1' })
class Nets {
  @RpcMethod({ returns: Net }) get(_id: string): Promise<Net> {
    return remote();
  }
}

test('backports of the code run on made-up values, and are held to what older clients know', async () => {
  const today = contractOf(Nets);
  const sides = contractsAt(today, 'Nets@1', ['1.0', '1.1']);
  const question = { key: 'Nets@1', clients: sides, servers: sides, seed: 1 };
  expect((await verifyMatrix(question)).disagreements).toEqual([]);
  const { disagreements } = await verifyMatrix({ ...question, classes: [Nets] });
  expect(disagreements).toMatchObject([
    { client: '1.0', server: '1.1', method: 'get', ran: 'break', why: expect.stringContaining('"mtu":"jumbo"') },
  ]);
});

test('the command prints the seed and what it found; exit code 1', async () => {
  const folder = makeFolder({
    'old.json': JSON.stringify(takes('1.0', mtu(10))),
    'concord.contract.json': JSON.stringify(takes('1.1', mtu(100))),
  });
  const run = (...options: string[]) => concordHere(folder.path, ['contract', 'matrix', ONE, '--verify', ...options]);
  const sound = await run('--versions', '1.1', '--seed', '7');
  expect(sound).toMatchObject({
    code: 0,
    out: expect.stringMatching(/\nverified: 1 pair, 18 calls, seed 7: all outcomes as predicted\n$/),
  });
  const found = await run('--clients', '1.1', '--servers', 'old.json');
  expect(found.code).toBe(1);
  expect(found.out).toMatch(
    /\nerror {2}client 1\.1 with server 1\.0: list was predicted ok \(needs 1\.0\), and ran as break: .*\n {9}called with {2}\{"port":\{"mtu":100\}\}\n$/,
  );
  const json = JSON.parse((await run('--clients', '1.1', '--servers', 'old.json', '--json')).out);
  expect(json).toMatchObject({ key: ONE, verification: { seed: 1, pairs: 1, disagreements: [{ ran: 'break' }] } });
  expect(await run('--seed', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('whole number') });
  folder.remove();
});
