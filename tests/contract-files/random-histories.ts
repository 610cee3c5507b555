/** Random contracts with valid histories: each late element has a since, and each widened one has its earlier form. */
import { type ArgDocument, type ContractDocument, type MethodDocument, type SchemaDocument } from '@concord-rpc/core';
import fc from 'fast-check';

export const KEY = 'Random@1';
const NEWEST = 4;
const version = (minor: number) => `1.${minor}`;
const minor = fc.integer({ min: 1, max: NEWEST });
const TYPES = ['T0', 'T1', 'T2'];

const text: fc.Arbitrary<SchemaDocument> = fc.constantFrom(
  { type: 'string' },
  { type: 'string', minLength: 2, maxLength: 5 },
  { type: 'boolean' },
  { type: 'number', exclusiveMinimum: 0 },
);
/** A limit that was narrower. */
const limited = minor.map(
  (since): SchemaDocument => ({
    type: 'integer',
    minimum: 1,
    maximum: 100,
    'x-was': [{ before: version(since), schema: { type: 'integer', minimum: 1, maximum: 10 } }],
  }),
);
/** A list of values that grew. */
const listed = minor.map(
  (since): SchemaDocument => ({
    enum: ['a', 'b', 'c'],
    type: 'string',
    'x-enum-since': { c: version(since) },
    'x-enum-fallback': { c: 'b' },
  }),
);
const reference = fc.constantFrom(...TYPES).map((name): SchemaDocument => ({ $ref: `#/types/${name}` }));
const several = fc.oneof(reference, text).map((items): SchemaDocument => ({ type: 'array', items, maxItems: 2 }));

/** A type of three fields. Late fields, and fields that hold other types, are optional. */
const type = fc
  .tuple(
    ...['x', 'y', 'z'].map((name) =>
      fc.tuple(fc.constant(name), fc.oneof(text, limited, listed, reference, several), fc.option(minor)),
    ),
  )
  .map((fields): SchemaDocument => {
    const isLate = ([, , since]: (typeof fields)[number]) => since !== null;
    const holds = ([, schema]: (typeof fields)[number]) => schema.$ref !== undefined;
    const properties = fields.map(([name, schema, since]) => [
      name,
      since === null ? schema : { ...schema, 'x-since': version(since) },
    ]);
    const required = fields.filter((field) => !isLate(field) && !holds(field)).map(([name]) => name);
    return { type: 'object', properties: Object.fromEntries(properties), required };
  });

const argument = fc.oneof(
  reference,
  several,
  fc.constant<SchemaDocument>({ type: 'string' }),
  fc.constant<SchemaDocument>({ type: 'number' }),
);

/** Arguments: the first ones, then the added ones, in the order of their versions. */
const args = (first: number) =>
  fc
    .tuple(
      argument,
      fc.boolean(),
      fc.array(fc.tuple(argument, fc.integer({ min: first + 1, max: NEWEST + 1 }), fc.boolean()), { maxLength: 2 }),
    )
    .map(([schema, optional, late]): ArgDocument[] => [
      { name: 'a', schema, ...(optional && { required: false }) },
      ...late
        .filter(([, since]) => since <= NEWEST)
        .sort((one, other) => one[1] - other[1])
        .map(([type, since, droppable], index): ArgDocument => {
          return { name: `late${index}`, schema: type, since: version(since), required: false, ...(droppable && { droppable }) };
        }),
    ]);

const method = fc
  .tuple(
    fc.constantFrom<MethodDocument['mode']>('any', 'call', 'cast', 'fanout', 'stream'),
    fc.oneof(fc.constant(0), minor),
    fc.boolean(),
  )
  .chain(([mode, since, renamed]) =>
    fc
      .tuple(args(since), fc.option(argument))
      .map(([own, returns]): Omit<MethodDocument, 'aliases'> & { readonly renamed: boolean } => ({
        mode,
        since: version(since),
        args: own,
        returns: mode === 'cast' || mode === 'fanout' ? null : (returns ?? (mode === 'stream' ? { type: 'string' } : null)),
        renamed: renamed && since > 0 && own.every((arg) => arg.since === undefined),
      })),
  );

/** A contract at its newest version, with its history. */
export const histories: fc.Arbitrary<ContractDocument> = fc
  .tuple(fc.array(method, { minLength: 1, maxLength: 3 }), fc.tuple(type, type, type))
  .map(([methods, types]) => ({
    contract: 1,
    endpoints: {
      [KEY]: {
        version: version(NEWEST),
        topic: 'random',
        methods: Object.fromEntries(
          methods.map(({ renamed, ...rest }, index) => [`m${index}`, renamed ? { ...rest, aliases: [`old${index}`] } : rest]),
        ),
      },
    },
    types: Object.fromEntries(types.map((each, index) => [TYPES[index]!, each])),
  }));
