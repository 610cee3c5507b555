/** Contracts with schemas in a fleet: versions of whole arguments, released forms, generated clients, and values from the wire. */
import { verifyMatrix } from '@concord-rpc/cli';
import { clientSource, contractsAt, diff, releaseHash } from '@concord-rpc/evolution';
import { contractOf, createClient, defineContract, MemoryTransport, RpcServer } from 'concord-rpc';
import { z } from 'zod';
import { rawJsonRequest } from '../fixtures/raw-request';

const Filter = z.object({
  host: z.string().max(8),
  tags: z.array(z.string()).max(3).optional(),
  level: z.enum(['low', 'high']).default('low'),
});
const Disk = z.object({ kind: z.literal('disk'), size: z.int().min(1).max(9) });
const Net = z.object({ kind: z.literal('net'), names: z.record(z.string(), z.number()) });

const list = { args: [{ name: 'filter', type: Filter }], returns: z.array(z.discriminatedUnion('kind', [Disk, Net])) } as const;
const First = defineContract({ name: 'Ports', topic: 'ports', methods: { list } });
const Second = defineContract({
  name: 'Ports',
  topic: 'ports',
  version: '1.1',
  methods: {
    list: {
      ...list,
      args: [...list.args, { name: 'page', type: z.object({ size: z.int().max(50) }), since: '1.1', droppable: true }],
    },
  },
});

test('a late argument is a change that is allowed, and the released form is reproduced', () => {
  const [before, after] = [contractOf(First), contractOf(Second)];
  expect(diff(before, after).findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  expect(releaseHash(after, 'Ports@1', '1.0')).toBe(releaseHash(before, 'Ports@1', '1.0'));
});

test('every version with every other does what was reasoned, over generated values', async () => {
  const sides = contractsAt(contractOf(Second), 'Ports@1', ['1.0', '1.1']);
  const { disagreements, notes, calls } = await verifyMatrix({ key: 'Ports@1', clients: sides, servers: sides, seed: 1 });
  expect({ disagreements, notes }).toEqual({ disagreements: [], notes: [] });
  expect(calls).toBeGreaterThan(10);
});

test('a widened limit that states no version is found by running the versions', async () => {
  const Widened = defineContract({
    name: 'Ports',
    topic: 'ports',
    version: '1.1',
    methods: { list: { ...list, args: [{ name: 'filter', type: Filter.extend({ host: z.string().max(20) }) }] } },
  });
  const [clients, servers] = [[contractOf(Widened)], [contractOf(First)]];
  expect(diff(servers[0]!, clients[0]!).findings.map(({ rule, path }) => `${rule} ${path}`)).toContain(
    'WIDENED_UNGATED Ports@1/list/args/filter.host',
  );
  const { disagreements } = await verifyMatrix({ key: 'Ports@1', clients, servers, seed: 1 });
  expect(disagreements).toMatchObject([{ method: 'list', ran: 'break', why: expect.stringContaining('filter.host') }]);
});

test('a generated client has the types of the schemas', () => {
  const source = clientSource(contractOf(Second), { key: 'Ports@1' })!;
  expect(source).toContain(
    "list(filter: { host: string; level?: 'low' | 'high'; tags?: string[] }, page?: { size: number }): Promise<({ kind: 'disk'; size: number } | { kind: 'net'; names: Record<string, number> })[]>;",
  );
});

test('an older server gets what it understands', async () => {
  const transport = new MemoryTransport();
  const seen: unknown[] = [];
  const server = new RpcServer(transport).register(First, {
    list(...args) {
      seen.push(args);
      return [{ kind: 'disk', size: 1 }];
    },
  });
  await server.start();
  const client = createClient(transport, Second);
  expect(await client.list({ host: 'a' }, { size: 5 })).toEqual([{ kind: 'disk', size: 1 }]);
  expect(seen).toEqual([[{ host: 'a', level: 'low' }]]);
  await server.stop();
});

test('prototype keys from the wire reach no prototype', async () => {
  const transport = new MemoryTransport();
  const seen: object[] = [];
  const Keys = defineContract({
    name: 'Keys',
    topic: 'keys',
    methods: { put: { args: [{ name: 'value', type: z.looseObject({ names: z.record(z.string(), z.number()) }) }] } },
  });
  const server = new RpcServer(transport).register(Keys, { put: (value) => void seen.push(value, value.names) });
  await server.start();
  const send = (args: string) => rawJsonRequest(transport, 'rpc.default.keys.any._.1.put.0', `{"re":"abc","args":[${args}]}`);
  for (const args of ['{"names":{"__proto__":2}}', '{"names":{},"__proto__":{"polluted":true}}']) {
    expect(await send(args)).toMatchObject({ error: { code: 'protocol_error', executed: 'no' } });
  }
  expect(await send('{"names":{"constructor":1,"toString":2},"hasOwnProperty":3}')).not.toHaveProperty('error');
  expect(JSON.stringify(seen[0])).toBe('{"names":{"constructor":1,"toString":2},"hasOwnProperty":3}');
  for (const value of seen) expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  await server.stop();
});
