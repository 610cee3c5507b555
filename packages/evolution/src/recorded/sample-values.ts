/**
 * Makes sample values for the types of a recorded contract: limits, listed values, optional fields. The same seed gives the same
 * values.
 */
import type { ContractDocument } from '@concord-rpc/core';
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { resolve, typesOf } from '../document/type-reference';
import { acceptsOf } from '../projection/accepts';
import { createRandom, type Random } from './random';

/** A value that a type accepts. */
export interface Sample {
  readonly value: unknown;
}

/** Makes values of a type. Returns `undefined` if it finds none, for example for a pattern. */
export type Sampler = (schema: SchemaDocument, round: number) => Sample | undefined;

/** The round decides the size of values: round 0 makes the smallest, round 1 the largest, later rounds make random ones. */
interface SampleContext {
  readonly snapshot: ContractDocument;
  readonly random: Random;
  readonly round: number;
  readonly depth: number;
}

const DEEPEST = 4;
const MOST_ITEMS = 3;
const TRIES = 20;
const TEXT = 'abcdefghijklmnopqrstuvwxyz';

/** Values of the usual formats. */
const FORMATS: Readonly<Record<string, readonly unknown[]>> = {
  'date-time': ['2026-01-31T12:00:00.000Z', '2000-02-29T23:59:59.999Z'],
  int64: ['0', '-9223372036854775808', '9223372036854775807'],
  date: ['2026-01-31', '2000-02-29'],
  time: ['12:00:00Z'],
  uuid: ['7d444840-9dc0-41d1-b245-5ffdce74fad2', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  email: ['ann@example.org'],
  hostname: ['node-1.example.org'],
  ipv4: ['192.0.2.1'],
  ipv6: ['2001:db8::1'],
  uri: ['https://example.org/a'],
};

/** Creates a sampler over the types of a document. */
export function createSampler(snapshot: ContractDocument, seed: number): Sampler {
  const random = createRandom(seed);
  const accepts = acceptsOf(snapshot);
  return (schema, round) => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      // the value of a round may not exist, such as the largest value of a type that contains itself
      const value = made(schema, { snapshot, random, round: attempt === 0 ? round : 2 + attempt, depth: 0 });
      if (accepts(schema, value)) return { value };
    }
    return undefined;
  };
}

function made(node: SchemaDocument, making: SampleContext): unknown {
  const { schema } = resolve(node, typesOf(making.snapshot));
  const { random, round } = making;
  if ('const' in schema) return schema.const;
  if (schema.enum !== undefined) return schema.enum[round % schema.enum.length];
  if (schema.anyOf !== undefined && schema.anyOf.length > 0) {
    const members = making.depth > DEEPEST ? schema.anyOf.slice(0, 1) : schema.anyOf;
    return made(members[round % members.length]!, making);
  }
  const types = [schema.type ?? 'string'].flat();
  return MAKERS[types[(round + random.below(2)) % types.length]!]?.(schema, making) ?? null;
}

const MAKERS: Readonly<Record<string, (schema: SchemaDocument, making: SampleContext) => unknown>> = {
  null: () => null,
  boolean: (_, { round }) => round % 2 === 1,
  string: textOf,
  integer: (schema, making) => numberOf(schema, making, schema.multipleOf ?? 1),
  number: (schema, making) => numberOf(schema, making, schema.multipleOf ?? 0.5),
  array: arrayOf,
  object: objectOf,
};

/** Returns the least, the greatest, or a random integer between them. */
function between(least: number, most: number, { random, round }: SampleContext): number {
  if (most <= least || round === 0) return least;
  return round === 1 ? most : least + random.below(most - least + 1);
}

function numberOf(schema: SchemaDocument, making: SampleContext, step: number): number {
  const { minimum = -10, exclusiveMinimum = Number.NEGATIVE_INFINITY } = schema;
  const least = Math.max(minimum, exclusiveMinimum + step);
  const { maximum = Math.max(10, least + 10), exclusiveMaximum = Number.POSITIVE_INFINITY } = schema;
  const most = Math.min(maximum, exclusiveMaximum - step);
  return between(Math.ceil(least / step), Math.floor(most / step), making) * step + 0;
}

function textOf({ format, minLength = 0, maxLength = Math.max(minLength, 12) }: SchemaDocument, making: SampleContext): string {
  const known = format === undefined ? undefined : FORMATS[format];
  if (known !== undefined) return known[making.round % known.length] as string;
  const length = between(minLength, Math.min(maxLength, minLength + 4_096), making);
  return Array.from({ length }, () => TEXT[making.random.below(TEXT.length)]).join('');
}

function arrayOf(schema: SchemaDocument, making: SampleContext): unknown[] {
  const { minItems = 0, maxItems = Math.max(minItems, MOST_ITEMS), items = {} } = schema;
  const most = making.depth > DEEPEST ? minItems : Math.min(maxItems, minItems + 256);
  const inner = { ...making, depth: making.depth + 1 };
  const count = between(minItems, most, making);
  return Array.from({ length: count }, (_, index) => made(items, { ...inner, round: making.round + index }));
}

function objectOf({ properties = {}, required = [], additionalProperties: rest }: SchemaDocument, making: SampleContext): object {
  const { random, round, depth } = making;
  const isWanted = (name: string): boolean => {
    if (required.includes(name)) return true;
    if (round === 0 || depth > DEEPEST) return false;
    return round === 1 || random.below(2) === 0;
  };
  const wanted = Object.entries(properties).filter(([name]) => isWanted(name));
  const keys = typeof rest === 'object' && depth <= DEEPEST ? ['a', 'b', 'c'].slice(0, between(0, MOST_ITEMS, making)) : [];
  const entries = [
    ...wanted,
    ...keys.flatMap((key) => (Object.hasOwn(properties, key) ? [] : [[key, rest as SchemaDocument] as const])),
  ];
  return Object.fromEntries(entries.map(([name, schema]) => [name, made(schema, { ...making, depth: depth + 1 })]));
}
