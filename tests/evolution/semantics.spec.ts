/** Defines each rule exactly: pairs of contracts, and all findings of them. */

import type { ContractDocument } from '@concord-rpc/core';
import type { ArgDocument, EndpointDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';
import { diff, lint } from '@concord-rpc/evolution';

const S: SchemaDocument = { type: 'string' };
const I: SchemaDocument = { type: 'integer' };
const call = (
  args: readonly ArgDocument[] = [],
  returns: SchemaDocument | null = null,
  more: Partial<MethodDocument> = {},
): MethodDocument => ({
  mode: 'call',
  args,
  returns,
  ...more,
});
const arg = (name: string, schema = S, more: Partial<ArgDocument> = {}): ArgDocument => ({ name, schema, ...more });
const svc = (
  version: string,
  methods: Record<string, MethodDocument>,
  types: Record<string, SchemaDocument> = {},
  more: Partial<EndpointDocument> = {},
): ContractDocument => ({
  contract: 1,
  endpoints: { 'Svc@1': { version, topic: 'svc', methods, ...more } },
  types,
});
const takes = (version: string, schema: SchemaDocument, types = {}) => svc(version, { put: call([arg('p', schema)]) }, types);
const gives = (version: string, schema: SchemaDocument, types = {}) => svc(version, { get: call([], schema) }, types);
const both = (version: string, P: SchemaDocument) =>
  svc(version, { swap: call([arg('p', { $ref: '#/types/P' })], { $ref: '#/types/P' }) }, { P });
const ref = (name: string, more: SchemaDocument = {}): SchemaDocument => ({ $ref: `#/types/${name}`, ...more });
const object = (properties: Record<string, SchemaDocument>, required: string[] = []): SchemaDocument => ({
  type: 'object',
  properties,
  required,
});
const found = (before: ContractDocument, after: ContractDocument) =>
  diff(before, after)
    .findings.map(({ rule, path }) => `${rule} ${path}`)
    .sort();

type Row = readonly [what: string, before: ContractDocument, after: ContractDocument, ...found: string[]];

const TYPES: readonly Row[] = [
  [
    'a number of one kind is no type at all',
    takes('1.0', I),
    takes('1.1', {}),
    'IN_TYPE_WIDENED Svc@1/put/args/p',
    'WIDENED_UNGATED Svc@1/put/args/p',
  ],
  [
    'null is lifted out of a wrapping union',
    gives('1.0', S),
    gives('1.0', { anyOf: [S, { type: 'null' }] }),
    'OUT_NULL_ADDED Svc@1/get/returns',
  ],
  [
    'null is lifted out of an enum',
    gives('1.0', { enum: ['a'] }),
    gives('1.0', { enum: [null, 'a'] }),
    'OUT_NULL_ADDED Svc@1/get/returns',
  ],
  [
    'a union is no other because it is written in another order',
    gives('1.0', { anyOf: [S, I] }),
    gives('1.0', { anyOf: [I, S] }),
  ],
  ['a union of plain types is their list', gives('1.0', { anyOf: [S, I] }), gives('1.0', { type: ['integer', 'string'] })],
  [
    'a plain type joins a union',
    takes('1.0', ref('A'), AD()),
    takes('1.1', { anyOf: [ref('A'), ref('D')], 'x-discriminator': 'k' }, AD()),
    'IN_TYPE_WIDENED Svc@1/put/args/p',
    'WIDENED_UNGATED Svc@1/put/args/p',
  ],
  [
    'a union falls back to one of its members',
    gives('1.0', { anyOf: [ref('A'), ref('D')] }, AD()),
    gives('1.1', ref('D'), AD()),
    'OUT_TYPE_NARROWED Svc@1/get/returns',
  ],
  ['const is an enum of one', takes('1.0', { const: 'a' }), takes('1.0', { enum: ['a'] })],
  [
    'an enum on one side only is a constraint',
    takes('1.0', S),
    takes('1.0', { type: 'string', enum: ['a'] }),
    'IN_CONSTRAINT_TIGHTENED Svc@1/put/args/p',
  ],
  [
    'one finding a keyword',
    takes('1.0', { type: 'string', minLength: 1, maxLength: 9 }),
    takes('1.0', { type: 'string', minLength: 2, maxLength: 8 }),
    'IN_CONSTRAINT_TIGHTENED Svc@1/put/args/p',
    'IN_CONSTRAINT_TIGHTENED Svc@1/put/args/p',
  ],
  [
    'a replaced format, coming in',
    takes('1.0', { ...S, format: 'uuid' }),
    takes('1.0', { ...S, format: 'email' }),
    'IN_CONSTRAINT_TIGHTENED Svc@1/put/args/p',
  ],
  [
    'a replaced format, going out',
    gives('1.0', { ...S, format: 'uuid' }),
    gives('1.0', { ...S, format: 'email' }),
    'OUT_CONSTRAINT_LOOSENED Svc@1/get/returns',
  ],
  [
    'a multiple is tighter',
    takes('1.0', { ...I, multipleOf: 2 }),
    takes('1.0', { ...I, multipleOf: 6 }),
    'IN_CONSTRAINT_TIGHTENED Svc@1/put/args/p',
  ],
  [
    'a pattern that is added is tighter',
    gives('1.0', S),
    gives('1.1', { ...S, pattern: '^a' }),
    'OUT_CONSTRAINT_TIGHTENED Svc@1/get/returns',
  ],
  [
    'the codec stops the rest',
    gives('1.0', { ...S, 'x-codec': 'a' }),
    gives('1.0', { ...I, 'x-codec': 'b' }),
    'CODEC_CHANGED Svc@1/get/returns',
  ],
  [
    'the type set stops the rest',
    gives('1.0', { type: 'string', maxLength: 1 }),
    gives('1.0', { type: 'boolean' }),
    'OUT_TYPE_CHANGED Svc@1/get/returns',
  ],
  [
    'another name is said, and the shapes are compared there',
    takes('1.0', ref('A'), { A: object({ x: S }, ['x']) }),
    takes('1.0', ref('B'), { B: object({ x: I }, ['x']) }),
    'IN_TYPE_CHANGED Svc@1/put/args/p.x',
    'TYPE_RENAMED Svc@1/put/args/p',
  ],
  [
    'a type written in place instead of named says nothing',
    takes('1.0', ref('A'), { A: object({ x: S }, ['x']) }),
    takes('1.0', object({ x: S }, ['x'])),
  ],
  [
    'a type that holds itself under another name',
    gives('1.0', ref('A'), { A: object({ next: ref('A') }) }),
    gives('1.0', ref('B'), { B: object({ next: ref('B') }) }),
    'TYPE_RENAMED Svc@1/get/returns',
    'TYPE_RENAMED Svc@1/get/returns.next',
  ],
  [
    'items and map values',
    gives('1.0', { type: 'array', items: { type: 'object', additionalProperties: S } }),
    gives('1.0', { type: 'array', items: { type: 'object', additionalProperties: I } }),
    'OUT_TYPE_CHANGED Svc@1/get/returns[]{}',
  ],
  [
    'a default of an output is decoration',
    gives('1.0', object({ x: { ...S, default: 'a' } })),
    gives('1.0', object({ x: { ...S, default: 'b' } })),
  ],
  [
    'a type used both ways is judged both ways',
    both('1.0', object({ x: I }, ['x'])),
    both('1.1', object({ x: { type: 'number' } }, ['x'])),
    'IN_TYPE_WIDENED types/P.x',
    'OUT_TYPE_WIDENED types/P.x',
    'WIDENED_UNGATED types/P.x',
  ],
  [
    'a required field both ways: the break is said, not its since',
    both('1.0', object({})),
    both('1.1', object({ x: S }, ['x'])),
    'IN_FIELD_ADDED_REQUIRED types/P.x',
    'OUT_FIELD_ADDED types/P.x',
  ],
  [
    'limits beside a reference',
    takes('1.0', ref('P'), { P: { type: 'object' } }),
    takes('1.0', ref('P', { minProperties: 1 }), { P: { type: 'object' } }),
    'IN_CONSTRAINT_TIGHTENED Svc@1/put/args/p',
  ],
  [
    'a reference to nothing is a type of which nothing is known',
    takes('1.0', ref('P')),
    takes('1.0', ref('P'), { P: S }),
    'IN_TYPE_NARROWED types/P',
  ],
];

function AD(): Record<string, SchemaDocument> {
  return { A: object({ k: { const: 'a' } }, ['k']), D: object({ k: { const: 'd' } }, ['k']) };
}

const ENUMS: readonly Row[] = [
  [
    'a value that comes in says since when',
    takes('1.0', { enum: ['a'] }),
    takes('1.1', { enum: ['a', 'b'] }),
    'IN_ENUM_VALUE_ADDED Svc@1/put/args/p=b',
    'SINCE_MISSING Svc@1/put/args/p=b',
  ],
  [
    'a value of an enum that was open is safe',
    gives('1.0', { enum: ['a'], 'x-open': true }),
    gives('1.1', { enum: ['a', 'b'], 'x-open': true }),
    'OUT_ENUM_VALUE_ADDED_SAFE Svc@1/get/returns=b',
  ],
  [
    'opening the enum in the same change does not help deployed clients',
    gives('1.0', { enum: ['a'] }),
    gives('1.0', { enum: ['a', 'b'], 'x-open': true }),
    'OUT_ENUM_VALUE_ADDED Svc@1/get/returns=b',
  ],
  [
    'a since without a fallback is not safe',
    gives('1.0', { enum: ['a'] }),
    gives('1.1', { enum: ['a', 'b'], 'x-enum-since': { b: '1.1' } }),
    'OUT_ENUM_VALUE_ADDED Svc@1/get/returns=b',
  ],
  [
    'a fallback that is lost',
    gives('1.1', { enum: ['a', 'b'], 'x-enum-since': { b: '1.1' }, 'x-enum-fallback': { b: 'a' } }),
    gives('1.1', { enum: ['a', 'b'], 'x-enum-since': { b: '1.1' } }),
    'OUT_ENUM_VALUE_ADDED Svc@1/get/returns=b',
  ],
  [
    'the since of a value moves',
    takes('1.2', { enum: ['a', 'b'], 'x-enum-since': { b: '1.1' } }),
    takes('1.2', { enum: ['a', 'b'], 'x-enum-since': { b: '1.2' } }),
    'SINCE_RAISED Svc@1/put/args/p=b',
  ],
];

const ARGUMENTS: readonly Row[] = [
  [
    'taking the default away makes it required',
    svc('1.0', { m: call([arg('n', I, { default: 1 })]) }),
    svc('1.0', { m: call([arg('n', I)]) }),
    'ARG_MADE_REQUIRED Svc@1/m/args/n',
  ],
  [
    'a renamed argument of another type is gone, and another is new',
    svc('1.0', { m: call([arg('a', S)]) }),
    svc('1.0', { m: call([arg('b', I)]) }),
    'ARG_ADDED_REQUIRED Svc@1/m/args/b',
    'ARG_REMOVED Svc@1/m/args/a',
  ],
  [
    'an alias at another place',
    svc('1.0', { m: call([arg('a'), arg('b', I)]) }),
    svc('1.1', { m: call([arg('b', I), arg('c', S, { aliases: ['a'], since: '1.1' })]) }),
    'ARG_RENAMED_WITH_ALIAS Svc@1/m/args/c',
  ],
  [
    'an alias that is dropped is an argument that is gone',
    svc('1.1', { m: call([arg('c', S, { aliases: ['a'] })]) }),
    svc('1.1', { m: call([arg('c')]) }),
    'ARG_REMOVED Svc@1/m/args/c~a',
  ],
  [
    'the order of those that stayed',
    svc('1.0', { m: call([arg('a'), arg('b'), arg('c')]) }),
    svc('1.0', { m: call([arg('c'), arg('a')]) }),
    'ARG_REMOVED Svc@1/m/args/b',
    'ARG_REORDERED Svc@1/m/args',
  ],
  [
    'optional from now on, and it says so',
    svc('1.0', { m: call([arg('a')]) }),
    svc('1.1', { m: call([arg('a', S, { required: false, was: [{ before: '1.1', required: true }] })]) }),
    'ARG_MADE_OPTIONAL Svc@1/m/args/a',
  ],
  [
    'an entry of an older change is no gate',
    svc('1.1', { m: call([arg('a')]) }),
    svc('1.2', { m: call([arg('a', S, { required: false, was: [{ before: '1.1', required: true }] })]) }),
    'ARG_MADE_OPTIONAL Svc@1/m/args/a',
    'WIDENED_UNGATED Svc@1/m/args/a',
  ],
  [
    'writing out that it is required, with no default, says nothing',
    svc('1.0', { m: call([arg('a')]) }),
    svc('1.0', { m: call([arg('a', S, { required: true })]) }),
  ],
  [
    'a droppable argument of a cast',
    svc('1.0', { m: call([], null, { mode: 'cast' }) }),
    svc('1.1', { m: call([arg('a', S, { since: '1.1', required: false, droppable: true })], null, { mode: 'cast' }) }),
    'ARG_ADDED_OPTIONAL Svc@1/m/args/a',
  ],
];

const VERSIONS: readonly Row[] = [
  ['versions are numbers', svc('1.9', {}), svc('1.10', { m: call([], null, { since: '1.10' }) }), 'METHOD_ADDED Svc@1/m'],
  [
    'writing out that a since is the first version says nothing',
    svc('1.0', { m: call() }),
    svc('1.0', { m: call([], null, { since: '1.0' }) }),
  ],
  [
    'the parts of something new are not asked',
    svc('1.0', {}),
    svc('1.1', { m: call([arg('a', ref('P'))], null, { since: '1.1', errors: { E: {} } }) }, { P: object({ x: S }) }),
    'METHOD_ADDED Svc@1/m',
  ],
  [
    'an error with a since of a released version',
    svc('1.1', { m: call() }),
    svc('1.2', { m: call([], null, { errors: { E: { since: '1.1' } } }) }),
    'ERROR_ADDED Svc@1/m/errors/E',
    'SINCE_BACKDATED Svc@1/m/errors/E',
  ],
  ['an invalid version is reported by lint only', svc('one', { m: call() }), svc('1.0', { m: call() })],
  [
    'a rename without since',
    svc('1.0', { get: call() }),
    svc('1.1', { fetch: call([], null, { aliases: ['get'] }) }),
    'METHOD_RENAMED Svc@1/fetch',
    'SINCE_MISSING Svc@1/fetch',
  ],
  [
    'a name that another method answers now is answered',
    svc('1.0', { a: call([], null, { aliases: ['x'] }), b: call() }),
    svc('1.0', { a: call(), b: call([], null, { aliases: ['x'] }) }),
  ],
  [
    'skipped and unused',
    svc('1.1', { m: call() }),
    svc('1.3', { m: call() }),
    'MINOR_BUMP_SKIPPED Svc@1',
    'MINOR_BUMP_UNUSED Svc@1',
  ],
];

const majors = (...keys: readonly [string, string, Record<string, MethodDocument>][]): ContractDocument => ({
  contract: 1,
  endpoints: Object.fromEntries(keys.map(([key, version, methods]) => [key, { version, topic: 'svc', methods }])),
});
const old = call([], null, { deprecated: { since: '1.3', removeIn: '2.0' } });

const MAJORS: readonly Row[] = [
  [
    'a major that replaces another',
    majors(['Svc@1', '1.4', { get: old }]),
    majors(['Svc@2', '2.0', { fetch: call() }]),
    'ENDPOINT_MAJOR_ADDED Svc@2',
    'ENDPOINT_MAJOR_DROPPED Svc@1',
  ],
  [
    'an argument that a new major lacks',
    majors(['Svc@1', '1.4', { get: call([arg('a')]) }]),
    majors(['Svc@1', '1.4', { get: call([arg('a')]) }], ['Svc@2', '2.0', { get: call() }]),
    'ENDPOINT_MAJOR_ADDED Svc@2',
    'REMOVED_WITHOUT_DEPRECATION Svc@2/get/args/a',
  ],
  [
    'both majors are gone',
    majors(['Svc@1', '1.4', {}], ['Svc@2', '2.0', {}]),
    majors(),
    'ENDPOINT_REMOVED Svc@1',
    'ENDPOINT_REMOVED Svc@2',
  ],
];

describe.each([
  ['types', TYPES],
  ['enums', ENUMS],
  ['arguments', ARGUMENTS],
  ['versions', VERSIONS],
  ['majors', MAJORS],
])('%s', (_family, rows) => {
  test.each(rows.map(([what, ...row]) => [what, row] as const))('%s', (_what, [before, after, ...expected]) => {
    expect(found(before, after)).toEqual(expected);
  });
});

test('what a new major breaks is permitted: listed, and no finding', () => {
  const before = majors(['Svc@1', '1.4', { get: old }]);
  const { permitted } = diff(before, majors(['Svc@1', '1.4', { get: old }], ['Svc@2', '2.0', {}]));
  expect(permitted.map(({ rule, path }) => `${rule} ${path}`)).toEqual(['METHOD_REMOVED Svc@2/get']);
});

test('a finding in a type is said once, and lists the methods that reach it', () => {
  const types = (id: SchemaDocument) => ({ Port: object({ id }, ['id']), List: { type: 'array', items: ref('Port') } });
  const methods = { get: call([], ref('Port')), list: call([], ref('List')), drop: call([arg('id')]) };
  const { findings } = diff(svc('1.0', methods, types(S)), svc('1.0', methods, types(I)));
  expect(findings.map(({ rule, path, via }) => ({ rule, path, via }))).toEqual([
    { rule: 'OUT_TYPE_CHANGED', path: 'types/Port.id', via: ['Svc@1/get', 'Svc@1/list'] },
  ]);
});

test('in an experimental endpoint everything is a note, unless a stable one shares the type', () => {
  const types = (id: SchemaDocument) => ({ Port: object({ id }, ['id']) });
  const wild = (id: SchemaDocument, more = {}): ContractDocument => {
    const snapshot = svc('1.0', { get: call([], ref('Port')) }, types(id), { stability: 'experimental' });
    return { ...snapshot, endpoints: { ...snapshot.endpoints, ...more } };
  };
  const tame = { 'Tame@1': { version: '1.0', topic: 'tame', methods: { get: call([], ref('Port')) } } };
  expect(diff(wild(S), wild(I)).findings.map(({ severity }) => severity)).toEqual(['info']);
  const [finding] = diff(wild(S, tame), wild(I, tame)).findings;
  expect(finding).toMatchObject({ severity: 'error', endpoints: ['Svc@1', 'Tame@1'] });
});

test('profiles and settings say how bad a finding is', () => {
  const [before, after] = [
    svc('1.0', { m: call([arg('n', I, { default: 1 })]) }),
    svc('1.0', { m: call([arg('n', I, { default: 2 })]) }),
  ];
  const severities = (settings: Parameters<typeof diff>[2]) =>
    diff(before, after, settings).findings.map(({ severity }) => severity);
  expect(severities({})).toEqual(['error']);
  expect(severities({ profile: 'wire' })).toEqual([]);
  expect(severities({ profile: 'wire+semantic' })).toEqual(['error']);
  expect(severities({ rules: { DEFAULT_CHANGED: 'warn' } })).toEqual(['warn']);
  expect(severities({ rules: { DEFAULT_CHANGED: 'warn' }, endpoints: { 'Svc@1': { DEFAULT_CHANGED: 'off' } } })).toEqual([]);
});

const shared = (since: unknown) =>
  ({
    contract: 1,
    endpoints: {
      'A@1': { version: '1.4', topic: 'a', methods: { get: call([], ref('P')) } },
      'B@2': { version: '2.1', topic: 'b', methods: { get: call([], ref('P')) } },
    },
    types: { P: object({ x: { ...S, 'x-since': since } as SchemaDocument }) },
  }) satisfies ContractDocument;

test.each<[string, ContractDocument, string[]]>([
  [
    'a plain since that two endpoints share is judged for each',
    shared('1.4'),
    ['SINCE_AMBIGUOUS types/P.x', 'SINCE_MAJOR_MISMATCH types/P.x'],
  ],
  ['a map is judged for each', shared({ A: '1.4', B: '2.3' }), ['SINCE_ABOVE_ENDPOINT types/P.x']],
  ['a map of what is true', shared({ A: '1.4', 'B@2': '2.1' }), []],
  [
    'a since that cannot be read is only that',
    svc('1.0', { m: call([arg('a', S, { since: '2', required: false })]) }),
    ['SINCE_INVALID Svc@1/m/args/a'],
  ],
  [
    'a since of another major is only that',
    svc('1.0', { m: call([], null, { since: '2.0' }) }),
    ['SINCE_MAJOR_MISMATCH Svc@1/m'],
  ],
  [
    'a late argument under its old name is not late',
    svc('1.2', { m: call([arg('c', S, { since: '1.2', aliases: ['a'] }), arg('d')]) }),
    [],
  ],
  [
    'a removal that is overdue is only that',
    svc('1.5', { m: call([], null, { deprecated: { since: '1.1', removeIn: '1.5' } }) }),
    ['REMOVAL_OVERDUE Svc@1/m'],
  ],
  [
    'an argument of the same age as its method is not late',
    svc('1.2', { m: call([arg('a', S, { since: '1.2' })], null, { since: '1.2' }) }),
    [],
  ],
])('%s', (_what, contract, expected) => {
  expect(
    lint(contract)
      .findings.map(({ rule, path }) => `${rule} ${path}`)
      .sort(),
  ).toEqual(expected);
});

test('a major that is put back beside a higher one is no next major', () => {
  const endpoint = (version: string) => ({ version, topic: 't', methods: { get: { mode: 'call' as const } } });
  const both = { contract: 1 as const, endpoints: { 'Svc@1': endpoint('1.4'), 'Svc@2': endpoint('2.0') } };
  const { findings } = diff({ contract: 1, endpoints: { 'Svc@2': endpoint('2.0') } }, both);
  expect(findings.map(({ rule }) => rule).filter((rule) => /^MAJOR|LACK|REMOVED/.test(rule))).toEqual([]);
});
