/** The short notation of the corpus: pairs of contracts, before and after. */

import type { ContractDocument } from '@concord-rpc/core';
import type { ArgDocument, EndpointDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';

/** Two contracts and all findings, as `RULE path`. */
export interface Pair {
  readonly says: string;
  readonly before: ContractDocument;
  readonly after: ContractDocument;
  readonly finds: readonly string[];
}

/** A change of one schema, with all findings of it as an input and as an output: `RULE` at the position of the schema, `RULE .below` below it. */
export type TypeChange = readonly [
  says: string,
  before: SchemaDocument,
  after: SchemaDocument,
  coming: string,
  going: string,
  types?: Readonly<Record<string, SchemaDocument>>,
];

/** A change of one endpoint: `{ version, …methods }` before and after, and all findings. */
export type Change = readonly [says: string, before: ContractDocument, after: ContractDocument, ...finds: string[]];

export const S: SchemaDocument = { type: 'string' };
export const I: SchemaDocument = { type: 'integer' };
export const N: SchemaDocument = { type: 'number' };
export const B: SchemaDocument = { type: 'boolean' };
export const NULL: SchemaDocument = { type: 'null' };

export const ref = (name: string): SchemaDocument => ({ $ref: `#/types/${name}` });
export const list = (items: SchemaDocument): SchemaDocument => ({ type: 'array', items });
export const map = (values: SchemaDocument): SchemaDocument => ({ type: 'object', additionalProperties: values });

/** An object: `a` is required, `b?` optional. */
export function object(properties: Readonly<Record<string, SchemaDocument>>, more: SchemaDocument = {}): SchemaDocument {
  const names = Object.keys(properties);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name.replace(/\?$/, ''), properties[name]!])),
    required: names.filter((name) => !name.endsWith('?')),
    ...more,
  };
}

/** An argument: `a` is required, `b?` optional. */
export function arg(name: string, schema: SchemaDocument = S, more: Partial<ArgDocument> = {}): ArgDocument {
  const required = name.endsWith('?') ? { required: false } : {};
  return { name: name.replace(/\?$/, ''), schema, ...required, ...more };
}

type Args = readonly (string | ArgDocument)[];

export const method = (args: Args = [], more: Partial<MethodDocument> = {}): MethodDocument => ({
  mode: 'call',
  args: args.map((each) => (typeof each === 'string' ? arg(each) : each)),
  ...more,
});

/** A contract of one endpoint, `Svc@1`. */
export const svc = (
  version: string,
  methods: Readonly<Record<string, MethodDocument>>,
  types: Readonly<Record<string, SchemaDocument>> = {},
  more: Partial<EndpointDocument> = {},
): ContractDocument => ({ contract: 1, endpoints: { 'Svc@1': { version, topic: 'svc', methods, ...more } }, types });

/** A contract of several endpoints. */
export const fleet = (
  endpoints: Readonly<Record<string, Partial<EndpointDocument>>>,
  types: Readonly<Record<string, SchemaDocument>> = {},
): ContractDocument => ({
  contract: 1,
  endpoints: Object.fromEntries(
    Object.entries(endpoints).map(([key, each]) => [key, { version: '1.0', topic: key, methods: {}, ...each }]),
  ),
  types,
});

/** The finding of every pair: a method is added beside the change, so that the version has a reason to move. */
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

/** The pairs of a change of one schema: as an argument, as a result, and as a named type in both directions. */
export function pairsOf([says, before, after, coming, going, types = {}]: TypeChange): readonly Pair[] {
  const pair = (where: string, contract: (schema: SchemaDocument, now: boolean) => ContractDocument, found: string[]): Pair => ({
    says: `${says}, ${where}`,
    before: contract(before, false),
    after: contract(after, true),
    finds: [BESIDE, ...found].sort(),
  });
  const at = (methods: Record<string, MethodDocument>, now: boolean, named: Record<string, SchemaDocument>) =>
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
