/** Contracts projected to a version: the projection of today's document equals the release, and gives the least version of a call. */

import type { ContractDocument } from '@concord-rpc/core';
import { type MethodDocument, parseVersion, type SchemaDocument } from '@concord-rpc/core/engine';
import {
  asOf,
  checkFreshness,
  checkReleases,
  contractAt,
  diff,
  leastVersion,
  recordHistory,
  recordRelease,
  releaseHash,
} from '@concord-rpc/evolution';

const S: SchemaDocument = { type: 'string' };
const router = (mtu: SchemaDocument, more: Record<string, SchemaDocument> = {}): SchemaDocument => ({
  type: 'object',
  properties: { id: S, mtu, ...more },
  required: ['id', 'mtu'],
});
const document = (version: string, sync: MethodDocument, Router: SchemaDocument, methods = {}): ContractDocument => ({
  contract: 1,
  endpoints: { 'L3@1': { version, topic: 'l3', methods: { sync, ...methods } } },
  types: { Router },
});
const limit = (maximum: number): SchemaDocument => ({ type: 'integer', minimum: 68, maximum });
const routers = { type: 'array', items: { $ref: '#/types/Router' } };

const V1_0 = document('1.0', { mode: 'call', args: [{ name: 'host', schema: S }], returns: routers }, router(limit(1500)));

/** 1.1 in the code: additions of every kind, each with its since, and no history. */
const CODE_1_1 = document(
  '1.1',
  {
    mode: 'call',
    args: [
      { name: 'host', schema: S, required: false },
      { name: 'full', schema: { type: 'boolean' }, since: '1.1', required: false },
    ],
    returns: routers,
    errors: { GONE: { since: '1.1' } },
  },
  router(limit(9216), {
    status: { ...{ enum: ['UP', 'DOWN', 'DRAINING'] }, 'x-since': '1.1', 'x-enum-since': { DRAINING: '1.1' } },
  }),
  { watch: { mode: 'stream', since: '1.1', args: [], returns: { $ref: '#/types/Router' } } },
);
const V1_1 = recordHistory(V1_0, CODE_1_1);

test('a mode that became any mode is recorded, so the release can still be proved', () => {
  const before = document('1.0', { mode: 'cast' }, {});
  const after = recordHistory(before, document('1.1', { mode: 'any' }, {}));
  expect(after.endpoints['L3@1']!.methods['sync']).toMatchObject({ mode: 'any', modeWas: [{ before: '1.1', mode: 'cast' }] });
  const [then, now] = ['1.0', '1.1'].map((version) => releaseHash(after, 'L3@1', version));
  expect(then).toBe(releaseHash(before, 'L3@1', '1.0'));
  expect(now).not.toBe(then);
});

const reading = (version: string, unknownArgs?: 'reject' | 'ignore'): ContractDocument => {
  const { endpoints } = document(version, { mode: 'call', args: [{ name: 'host', schema: S }] }, {});
  return { contract: 1, endpoints: { 'L3@1': { ...endpoints['L3@1']!, ...(unknownArgs && { unknownArgs }) } } };
};
const hashAt = (contract: ContractDocument, version: string) => releaseHash(contract, 'L3@1', version);

test('undeclared arguments that are now ignored are recorded: at earlier versions they were refused', () => {
  const before = reading('1.0');
  const after = recordHistory(before, reading('1.1', 'ignore'));
  const later = recordHistory(after, reading('1.2', 'ignore'));
  const opened = { unknownArgs: 'ignore', unknownArgsWas: [{ before: '1.1', unknownArgs: 'reject' }] };
  expect([after, later].map(({ endpoints }) => endpoints['L3@1'])).toMatchObject([opened, opened]);
  const [then, now] = ['1.0', '1.1'].map((version) => contractAt(later, 'L3@1', parseVersion(version))!.endpoints['L3@1']);
  expect([then, now]).toMatchObject([{ unknownArgs: 'reject', unknownArgsWas: undefined }, opened]);
  expect(hashAt(later, '1.0')).toBe(hashAt(before, '1.0'));
  expect(hashAt(later, '1.1')).toBe(hashAt(after, '1.1'));
  expect(hashAt(later, '1.1')).not.toBe(hashAt(before, '1.0'));
  expect(checkReleases({ ...later, releases: recordRelease(before, 'L3@1').releases }).findings).toEqual([]);
  const unrecorded = { ...reading('1.1', 'ignore'), releases: recordRelease(before, 'L3@1').releases };
  expect(checkReleases(unrecorded).findings).toMatchObject([{ rule: 'PROJECTION_BROKEN', path: 'L3@1#1.0' }]);
});

test('undeclared arguments that are now refused break the release', () => {
  const { releases } = recordRelease(reading('1.0', 'ignore'), 'L3@1');
  const refusing = recordHistory(reading('1.0', 'ignore'), reading('1.1'));
  expect(refusing.endpoints['L3@1']).not.toHaveProperty('unknownArgsWas');
  expect(checkReleases({ ...refusing, releases }).findings).toMatchObject([{ rule: 'PROJECTION_BROKEN' }]);
});

test('a call with an undeclared argument needs the version that ignores it', () => {
  const after = recordHistory(reading('1.0'), reading('1.1', 'ignore'));
  const need = (args: Record<string, unknown>) => leastVersion(after, { endpoint: 'L3@1', method: 'sync', args });
  expect(need({ host: 'h', spare: undefined })).toEqual({ version: '1.0', because: 'sync' });
  expect(need({ host: 'h', spare: 1 })).toEqual({ version: '1.1', because: 'spare' });
});

test('a default of an endpoint that is written out is no change', () => {
  const { endpoints } = reading('1.0', 'reject');
  const written = {
    contract: 1 as const,
    endpoints: { 'L3@1': { ...endpoints['L3@1']!, codec: 'json', stability: 'stable' as const } },
  };
  expect(checkFreshness(written, reading('1.0')).findings).toEqual([]);
  expect(hashAt(written, '1.0')).toBe(hashAt(reading('1.0'), '1.0'));
});

test('history is written where a type or a requirement changed, and nowhere else', () => {
  const { args } = V1_1.endpoints['L3@1']!.methods['sync']!;
  expect(args!.map(({ was }) => was)).toEqual([[{ before: '1.1', required: true }], undefined]);
  const { mtu, id, status } = V1_1.types!['Router']!.properties!;
  expect([mtu!['x-was'], id!['x-was'], status!['x-was']]).toEqual([
    [{ before: '1.1', schema: limit(1500) }],
    undefined,
    undefined,
  ]);
  expect(checkFreshness(V1_1, recordHistory(V1_1, CODE_1_1)).findings).toEqual([]);
  expect(checkFreshness(V1_0, V1_1).findings.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
    'SNAPSHOT_STALE L3@1',
    'SNAPSHOT_STALE types/Router',
  ]);
});

test('a gated change leaves the promise of the old version alone', () => {
  expect(asOf(V1_1, 'L3@1', '1.0')).toEqual(asOf(V1_0, 'L3@1', '1.0'));
  expect(releaseHash(V1_1, 'L3@1', '1.0')).toBe(releaseHash(V1_0, 'L3@1', '1.0'));
  expect(releaseHash(V1_1, 'L3@1', '1.1')).not.toBe(releaseHash(V1_0, 'L3@1', '1.0'));
  expect(asOf(V1_1, 'Absent@1', '1.0')).toBeUndefined();
});

test('what was released is kept by gated changes and broken by others', () => {
  const released = recordRelease(V1_0, 'L3@1');
  expect(checkReleases({ ...V1_1, releases: released.releases }).findings).toEqual([]);
  const [finding] = checkReleases({ ...CODE_1_1, releases: released.releases }).findings;
  expect(finding).toMatchObject({ rule: 'PROJECTION_BROKEN', path: 'L3@1#1.0', severity: 'error' });
  const rewritten = recordRelease({ ...CODE_1_1, releases: released.releases }, 'L3@1', '1.0');
  expect(checkReleases(rewritten).findings).toEqual([]);
  expect(diff(released, rewritten).findings.map(({ rule }) => rule)).toContain('HISTORY_REWRITTEN');
  expect(() => recordRelease(V1_0, 'L4@1')).toThrow('the contract has no endpoint L4@1; it has L3@1');
});

test('the contract at a version is what that version was, as a document', () => {
  const then = contractAt(V1_1, 'L3@1', { major: 1, minor: 0 })!;
  expect(diff(V1_0, then).findings).toEqual([]);
  expect(diff(then, V1_0).findings).toEqual([]);
});

test('a place that was different keeps the version that it came in: an unchanged history has nothing that breaks', () => {
  const mtu = { ...limit(9000), 'x-since': '1.1', 'x-was': [{ before: '1.3', schema: limit(1500) }] };
  const Router: SchemaDocument = { type: 'object', properties: { id: S, mtu }, required: ['id'] };
  const today = document('1.3', { mode: 'call', args: [{ name: 'router', schema: { $ref: '#/types/Router' } }] }, Router);
  const [V1_0, V1_1, V1_2] = ['1.0', '1.1', '1.2'].map((version) => contractAt(today, 'L3@1', parseVersion(version))!);
  expect(V1_2!.types!['Router']!.properties!['mtu']).toEqual({ ...limit(1500), 'x-since': '1.1' });
  for (const [older, newer] of [
    [V1_0, V1_1],
    [V1_1, V1_2],
    [V1_2, today],
  ] as [ContractDocument, ContractDocument][]) {
    expect(diff(older, newer).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  }
});

test('names, prose, order and hints are no part of a promise; the order of arguments is', () => {
  const named = JSON.parse(JSON.stringify(V1_0).replaceAll('Router', 'Gateway')) as ContractDocument;
  expect(releaseHash(named, 'L3@1', '1.0')).toBe(releaseHash(V1_0, 'L3@1', '1.0'));
  const two = (...names: string[]) =>
    document('1.0', { mode: 'call', args: names.map((name) => ({ name, schema: S })), timeoutMs: 5, description: 'Two.' }, {});
  expect(releaseHash(two('a', 'b'), 'L3@1', '1.0')).not.toBe(releaseHash(two('b', 'a'), 'L3@1', '1.0'));
});

test('types that hold themselves and one another end', () => {
  const recursive = document(
    '1.0',
    { mode: 'call', returns: { $ref: '#/types/Router' } },
    {
      type: 'object',
      properties: { next: { $ref: '#/types/Router' }, other: { $ref: '#/types/Other' } },
    },
  );
  const types = { ...recursive.types, Other: { type: 'object', properties: { back: { $ref: '#/types/Router' } } } };
  expect(asOf({ ...recursive, types }, 'L3@1', '1.0')).toMatchObject({
    methods: { sync: { returns: { properties: { next: { up: 1 }, other: { properties: { back: { up: 2 } } } } } } },
  });
});

test('a renamed method and a renamed argument had their old names', () => {
  const renamed = document(
    '1.1',
    { mode: 'call' },
    {},
    {
      fetch: {
        mode: 'call',
        since: '1.1',
        aliases: ['get'],
        args: [{ name: 'routerId', since: '1.1', aliases: ['id'], schema: S }],
      },
    },
  );
  const before = document('1.0', { mode: 'call' }, {}, { get: { mode: 'call', args: [{ name: 'id', schema: S }] } });
  expect(releaseHash(renamed, 'L3@1', '1.0')).toBe(releaseHash(before, 'L3@1', '1.0'));
});

const CALLS = document(
  '1.9',
  {
    mode: 'call',
    args: [
      { name: 'host', schema: S, required: false, was: [{ before: '1.2', required: true }] },
      { name: 'full', schema: { type: 'boolean' }, since: '1.3', required: false },
      { name: 'size', schema: { ...limit(900), 'x-was': [{ before: '1.4', schema: limit(100) }] }, required: false },
      { name: 'routers', schema: routers, required: false },
    ],
  },
  router(limit(900), {
    status: { enum: ['UP', 'LOST'], 'x-enum-since': { LOST: '1.6' }, 'x-since': '1.5' },
    any: { anyOf: [S, { ...routers, 'x-since': '1.7' }] },
    rest: { type: 'object', additionalProperties: { enum: [1, 2], 'x-enum-since': { 2: '1.8' } } },
    note: { ...S, 'x-was': [{ before: '1.9', required: true }] },
  }),
  { late: { mode: 'call', since: '1.1' } },
);
const whole = { id: 'a', mtu: 100, note: 'n' };

test.each<[Record<string, unknown>, string, string]>([
  [{ host: 'h' }, '1.0', 'sync'],
  [{}, '1.2', 'host'],
  [{ host: 'h', full: false }, '1.3', 'full'],
  [{ host: 'h', size: 200 }, '1.4', 'size'],
  [{ host: 'h', routers: [whole, { ...whole, status: 'UP' }] }, '1.5', 'routers[1].status'],
  [{ host: 'h', routers: [{ ...whole, status: 'LOST' }] }, '1.6', 'routers[0].status'],
  [{ host: 'h', routers: [{ ...whole, any: [whole] }] }, '1.7', 'routers[0].any'],
  [{ host: 'h', routers: [{ ...whole, any: 'a' }] }, '1.0', 'sync'],
  [{ host: 'h', routers: [{ ...whole, rest: { x: 1, y: 2 } }] }, '1.8', 'routers[0].rest.y'],
  [{ host: 'h', routers: [{ id: 'a', mtu: 100 }] }, '1.9', 'routers[0].note'],
])('a call with %j needs %s because of %s', (args, version, because) => {
  expect(leastVersion(CALLS, { endpoint: 'L3@1', method: 'sync', args })).toEqual({ version, because });
});

test('a late method needs its own version, and an unknown one has none', () => {
  expect(leastVersion(CALLS, { endpoint: 'L3@1', method: 'late', args: {} })).toEqual({ version: '1.1', because: 'late' });
  expect(leastVersion(CALLS, { endpoint: 'L3@1', method: 'toString', args: {} })).toBeUndefined();
});

test('what a type says of how it was counts also where its place says more', () => {
  const size = { $ref: '#/types/Size', 'x-was': [{ before: '1.3', schema: { type: 'string' } }] };
  const snapshot: ContractDocument = {
    contract: 1,
    endpoints: {
      'L3@1': { version: '1.4', topic: 'l3', methods: { sync: { mode: 'call', args: [{ name: 'size', schema: size }] } } },
    },
    types: { Size: { ...limit(900), 'x-was': [{ before: '1.4', schema: limit(100) }] } },
  };
  const need = (value: number) => leastVersion(snapshot, { endpoint: 'L3@1', method: 'sync', args: { size: value } })?.version;
  expect([need(80), need(800)]).toEqual(['1.3', '1.4']);
});
