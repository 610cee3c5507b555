/** Versions side by side: which client works with which server or group, and whether a server may join a fleet. */
import type { ContractDocument } from '@concord-rpc/core';
import type { MethodDocument } from '@concord-rpc/core/engine';
import { canDeploy, contractsAt, matrix, type Outcome } from '@concord-rpc/evolution';

const KEY = 'L3Plugin@1';
const S = { type: 'string' };
const document = (version: string, methods: Record<string, MethodDocument>, types = {}): ContractDocument => ({
  contract: 1,
  endpoints: { [KEY]: { version, topic: 'l3', methods } },
  types,
});
const TODAY = document('1.2', {
  sync: {
    mode: 'call',
    args: [
      { name: 'host', schema: S },
      { name: 'full', schema: { type: 'boolean' }, since: '1.2', required: false },
      { name: 'hint', schema: S, since: '1.1', required: false, droppable: true },
    ],
  },
  list: { mode: 'call', since: '1.1' },
  told: { mode: 'fanout', args: [{ name: 'why', schema: S, since: '1.2', required: false }] },
});
const [V1_0, V1_1, V1_2] = contractsAt(TODAY, KEY, ['1.0', '1.1', '1.2']) as [
  ContractDocument,
  ContractDocument,
  ContractDocument,
];

test('clients and servers of every version', () => {
  const versions = [V1_0, V1_1, V1_2];
  const { rows } = matrix({ key: KEY, clients: versions, servers: versions });
  const shown = rows.map(({ client, method, cells }) => [
    client,
    method,
    ...cells.map(({ least, most }) => `${least.outcome}/${most.outcome}`),
  ]);
  expect(shown).toEqual([
    ['1.0', 'sync', 'ok/ok', 'ok/ok', 'ok/ok'],
    ['1.0', 'told', 'ok/ok', 'ok/ok', 'ok/ok'],
    ['1.1', 'list', 'reject/reject', 'ok/ok', 'ok/ok'],
    ['1.1', 'sync', 'ok/degrade', 'ok/ok', 'ok/ok'],
    ['1.1', 'told', 'ok/ok', 'ok/ok', 'ok/ok'],
    ['1.2', 'list', 'reject/reject', 'ok/ok', 'ok/ok'],
    ['1.2', 'sync', 'ok/reject', 'ok/reject', 'ok/ok'],
    ['1.2', 'told', 'ok/reject', 'ok/reject', 'ok/ok'],
  ]);
});

test.each<['versioned' | 'plain', string, Outcome]>([
  ['versioned', 'sync', 'ok'],
  ['plain', 'sync', 'reject'],
  ['versioned', 'told', 'reject'],
  ['plain', 'told', 'reject'],
])('a half-upgraded group, %s subjects, %s of a 1.2 client: %s', (subjects, method, outcome) => {
  const { rows, fleet } = matrix({ key: KEY, clients: [V1_2], servers: [], fleet: [V1_1, V1_1, V1_2], subjects });
  expect(fleet).toEqual(['1.1', '1.1', '1.2']);
  expect(rows.find((row) => row.method === method)!.fleet!.most.outcome).toBe(outcome);
});

test('what breaks is named by its rules, and only where it lies', () => {
  const broken = document('1.3', {
    sync: {
      mode: 'call',
      args: [
        { name: 'host', schema: { type: 'integer' } },
        { name: 'full', schema: { type: 'boolean' }, since: '1.2' },
      ],
    },
    list: { mode: 'call', since: '1.1' },
  });
  const { rows } = matrix({ key: KEY, clients: [V1_2], servers: [broken] });
  const shown = Object.fromEntries(rows.map(({ method, cells }) => [method, cells[0]!.least]));
  expect(shown['sync']).toMatchObject({ outcome: 'break', rules: ['ARG_MADE_REQUIRED', 'ARG_REMOVED', 'IN_TYPE_CHANGED'] });
  expect(shown['list']).toMatchObject({ outcome: 'ok', rules: [] });
  expect(shown['told']).toMatchObject({ outcome: 'break', rules: ['METHOD_REMOVED'] });
  const types = { P: { type: 'object', properties: { a: S }, required: ['a'] } };
  const get: Record<string, MethodDocument> = { get: { mode: 'call', returns: { $ref: '#/types/P' } }, other: { mode: 'call' } };
  const inType = matrix({
    key: KEY,
    clients: [document('1.0', get, types)],
    servers: [document('1.0', get, { P: { ...types.P, required: [] } })],
  });
  expect(inType.rows.map(({ method, cells }) => [method, cells[0]!.least.outcome])).toEqual([
    ['get', 'break'],
    ['other', 'ok'],
  ]);
});

test('no server serves the method, or the method does not exist', () => {
  const empty: ContractDocument = { contract: 1, endpoints: {} };
  expect(matrix({ key: KEY, clients: [V1_0], servers: [empty] }).rows[0]!.cells[0]!.least.outcome).toBe('no-endpoint');
  expect(matrix({ key: KEY, clients: [empty], servers: [V1_0] }).rows).toEqual([]);
});

const without = (method: string): ContractDocument => {
  const { [method]: _, ...methods } = TODAY.endpoints[KEY]!.methods;
  return document('1.3', methods);
};
const client = (name: string, contract?: ContractDocument, ...uses: { method: string; args?: string[] }[]) => ({
  name,
  instances: 3,
  contract,
  uses: uses.length > 0 ? uses : undefined,
});

test.each<[string, Partial<Parameters<typeof canDeploy>[0]>, string]>([
  ['everybody uses what is there', { clients: [client('agent', V1_0), client('ui', V1_1)] }, 'yes'],
  [
    'a client needs what the old servers lack, and calls say what they need',
    { clients: [client('ui', V1_2, { method: 'sync', args: ['host', 'full'] })] },
    'yes',
  ],
  [
    'a client needs what the old servers lack, and calls land anywhere',
    { clients: [client('ui', V1_2, { method: 'sync', args: ['host', 'full'] })], subjects: 'plain' },
    'no',
  ],
  [
    'the same client passes what it must',
    { clients: [client('ui', V1_2, { method: 'sync', args: ['host'] })], subjects: 'plain' },
    'yes',
  ],
  [
    'a method is removed that no client uses',
    { candidate: without('list'), clients: [client('ui', V1_2, { method: 'sync', args: ['host'] })] },
    'yes',
  ],
  [
    'a method is removed that a client uses',
    { candidate: without('list'), clients: [client('ui', V1_2, { method: 'list' })] },
    'no',
  ],
  ['a client has published nothing', { clients: [client('agent', V1_0), client('cron-job')] }, 'cannot tell'],
  ['it is assumed to be old', { clients: [client('cron-job')], assume: { 'cron-job': V1_0 } }, 'yes'],
  ['it is left out', { clients: [client('cron-job')], ignore: ['cron-job'] }, 'yes'],
  [
    'a definite no outweighs an unknown client',
    { candidate: without('list'), clients: [client('cron-job'), client('ui', V1_1)] },
    'no',
  ],
  ['there are no clients', { clients: [] }, 'yes'],
])('can deploy: %s', (_what, question, answer) => {
  const verdict = canDeploy({ key: KEY, candidate: V1_2, servers: [V1_1, V1_1], clients: [], ...question });
  expect(verdict.answer).toBe(answer);
});

test('an argument that goes stops only those who pass it; one that became required stops all', () => {
  const server = (...args: MethodDocument['args'] & object) => document('1.2', { sync: { mode: 'call', args } });
  const full = { name: 'full', schema: { type: 'boolean' }, required: false } as const;
  const host = { name: 'host', schema: S };
  const ask = (candidate: ContractDocument, args: string[]) =>
    canDeploy({ key: KEY, candidate, servers: [], clients: [client('ui', server(host, full), { method: 'sync', args })] }).answer;
  expect(ask(server(host), ['host'])).toBe('yes');
  expect(ask(server(host), ['host', 'full'])).toBe('no');
  expect(ask(server(host, { name: 'full', schema: { type: 'boolean' } }), ['host'])).toBe('no');
});

test('an argument that was renamed stops those who pass it under its old name', () => {
  const server = (version: string, args: MethodDocument['args']) => document(version, { sync: { mode: 'call', args } });
  const ask = (old: MethodDocument['args'] & object, now: MethodDocument['args'] & object, args: string[]) =>
    canDeploy({
      key: KEY,
      candidate: server('1.1', now),
      servers: [],
      clients: [client('ui', server('1.0', old), { method: 'sync', args })],
    }).answer;
  const id = { name: 'id', schema: S, required: false } as const;
  const renamed = { ...id, name: 'routerId' };
  expect(ask([id], [renamed], ['id'])).toBe('no');
  expect(ask([id], [renamed], [])).toBe('yes');
  const aliased = { ...renamed, aliases: ['id'], since: '1.1', schema: { type: 'integer' } };
  expect(ask([id], [aliased], ['id'])).toBe('no');
  expect(ask([id], [aliased], [])).toBe('yes');
});

test('a method that is younger than the server is refused, also where the server has one of its name', () => {
  const of = (version: string, since?: string) => document(version, { sync: { mode: 'call', since } });
  const { rows } = matrix({ key: KEY, clients: [of('1.2', '1.2')], servers: [of('1.1')] });
  expect(rows.map(({ cells }) => cells.map(({ least, most }) => [least.outcome, most.outcome]))).toEqual([
    [['reject', 'reject']],
  ]);
});
