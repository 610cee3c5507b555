/** Pairs of contracts, before and after, written small: the notation of the corpus. */
import type { Snapshot, SnapshotArg, SnapshotEndpoint, SnapshotMethod, SnapshotSchema } from '@concord-rpc/contract';

/** Two contracts and all that is found in them, as `RULE path`. */
export interface Pair {
  readonly says: string;
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly finds: readonly string[];
}

/** A change of one schema, and all that is found where it comes in and where it goes out: `RULE` at the place, `RULE .below` it. */
export type TypeChange = readonly [
  says: string,
  before: SnapshotSchema,
  after: SnapshotSchema,
  coming: string,
  going: string,
  types?: Readonly<Record<string, SnapshotSchema>>,
];

/** A change of one endpoint: `{ version, …methods }` before and after, and all that is found. */
export type Change = readonly [says: string, before: Snapshot, after: Snapshot, ...finds: string[]];

export const S: SnapshotSchema = { type: 'string' };
export const I: SnapshotSchema = { type: 'integer' };
export const N: SnapshotSchema = { type: 'number' };
export const B: SnapshotSchema = { type: 'boolean' };
export const NULL: SnapshotSchema = { type: 'null' };

export const ref = (name: string): SnapshotSchema => ({ $ref: `#/types/${name}` });
export const list = (items: SnapshotSchema): SnapshotSchema => ({ type: 'array', items });
export const map = (values: SnapshotSchema): SnapshotSchema => ({ type: 'object', additionalProperties: values });

/** An object: `a` is required, `b?` optional. */
export function object(properties: Readonly<Record<string, SnapshotSchema>>, more: SnapshotSchema = {}): SnapshotSchema {
  const names = Object.keys(properties);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name.replace(/\?$/, ''), properties[name]!])),
    required: names.filter((name) => !name.endsWith('?')),
    ...more,
  };
}

/** An argument: `a` is required, `b?` optional. */
export function arg(name: string, schema: SnapshotSchema = S, more: Partial<SnapshotArg> = {}): SnapshotArg {
  const required = name.endsWith('?') ? { required: false } : {};
  return { name: name.replace(/\?$/, ''), schema, ...required, ...more };
}

type Args = readonly (string | SnapshotArg)[];

export const method = (args: Args = [], more: Partial<SnapshotMethod> = {}): SnapshotMethod => ({
  kind: 'call',
  args: args.map((each) => (typeof each === 'string' ? arg(each) : each)),
  ...more,
});

/** A contract of one endpoint, `Svc@1`. */
export const svc = (
  version: string,
  methods: Readonly<Record<string, SnapshotMethod>>,
  types: Readonly<Record<string, SnapshotSchema>> = {},
  more: Partial<SnapshotEndpoint> = {},
): Snapshot => ({ contract: 1, endpoints: { 'Svc@1': { version, topic: 'svc', methods, ...more } }, types });

/** A contract of several endpoints. */
export const fleet = (
  endpoints: Readonly<Record<string, Partial<SnapshotEndpoint>>>,
  types: Readonly<Record<string, SnapshotSchema>> = {},
): Snapshot => ({
  contract: 1,
  endpoints: Object.fromEntries(
    Object.entries(endpoints).map(([key, each]) => [key, { version: '1.0', topic: key, methods: {}, ...each }]),
  ),
  types,
});

/** What is always found: a method beside the change, so that the version has a reason to move. */
const BESIDE = 'METHOD_ADDED Svc@1/beside';
const beside = method([], { since: '1.1' });

const finds = (text: string, place: string): string[] =>
  text
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const [rule, below = ''] = each.split(' ');
      return /^(Svc|types)/.test(below) ? each : `${rule} ${place}${below}`;
    });

/** The pairs of a change of one schema: as an argument, as a result, and as a named type that goes both ways. */
export function pairsOf([says, before, after, coming, going, types = {}]: TypeChange): readonly Pair[] {
  const pair = (where: string, contract: (schema: SnapshotSchema, now: boolean) => Snapshot, found: string[]): Pair => ({
    says: `${says}, ${where}`,
    before: contract(before, false),
    after: contract(after, true),
    finds: [BESIDE, ...found].sort(),
  });
  const at = (methods: Record<string, SnapshotMethod>, now: boolean, named: Record<string, SnapshotSchema>) =>
    svc(now ? '1.1' : '1.0', now ? { ...methods, beside } : methods, { ...types, ...named });
  return [
    pair('coming in', (schema, now) => at({ put: method([arg('x', schema)]) }, now, {}), finds(coming, 'Svc@1/put/args/x')),
    pair('going out', (schema, now) => at({ get: method([], { returns: schema }) }, now, {}), finds(going, 'Svc@1/get/returns')),
    pair(
      'in a type that goes both ways',
      (schema, now) => at({ swap: method([arg('x', ref('T'))], { returns: ref('T') }) }, now, { T: schema }),
      [...new Set([...finds(coming, 'types/T'), ...finds(going, 'types/T')])].sort(),
    ),
  ];
}

/** The pair of a change of one endpoint. */
export const pairOf = ([says, before, after, ...found]: Change): Pair => ({ says, before, after, finds: found.sort() });
