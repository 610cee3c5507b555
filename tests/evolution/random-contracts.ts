/** Random contract documents for property tests: every keyword, types that contain themselves, types that two endpoints share. */

import type { ContractDocument } from '@concord-rpc/core';
import type { ArgDocument, EndpointDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';
import fc from 'fast-check';

const TYPE_NAMES = ['Port', 'Router', 'Policy', 'Either', 'Missing'];
const FIELDS = ['id', 'name', 'mtu', 'tags', 'next', 'a.b', 'constructor'];
const minor = fc.integer({ min: 0, max: 12 });
const version = (major: number) => minor.map((each) => `${major}.${each}`);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] });

const reference = fc.constantFrom(...TYPE_NAMES).map((name): SchemaDocument => ({ $ref: `#/types/${name}` }));
const limits = record<SchemaDocument>({
  minimum: fc.integer({ min: -5, max: 5 }),
  maximum: fc.integer({ min: 5, max: 50 }),
  multipleOf: fc.constantFrom(1, 2, 3, 0.5),
  minLength: fc.integer({ min: 0, max: 3 }),
  maxLength: fc.integer({ min: 3, max: 64 }),
  pattern: fc.constantFrom('^a', '^[ab]'),
  format: fc.constantFrom('uuid', 'date-time'),
  'x-codec': fc.constantFrom('date-iso', 'date-epoch'),
  'x-validators': fc.constantFrom([{ name: 'IsCidr' }], [{ name: 'IsMac', constraints: [1] }]),
  default: fc.constantFrom(1, 'a', null),
  description: fc.constantFrom('One.', 'Another.'),
});
const simple = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('string', 'number', 'integer', 'boolean', 'null'),
      fc.constantFrom(['string', 'null'], ['integer', 'string']),
    ),
    limits,
  )
  .map(([type, rest]): SchemaDocument => ({ ...rest, type }));
const listed = fc
  .tuple(fc.uniqueArray(fc.constantFrom<unknown>('a', 'b', 'c', 1, 2, null), { minLength: 1 }), version(1), fc.boolean())
  .map(
    ([values, since, isOpen]): SchemaDocument => ({
      enum: values,
      ...(values.includes('c') && { 'x-enum-since': { c: since }, 'x-enum-fallback': { c: 'a' } }),
      ...(isOpen && { 'x-open': true }),
    }),
  );

/** Any schema of the profile. */
export const schemas: fc.Arbitrary<SchemaDocument> = fc.letrec<{ schema: SchemaDocument }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 2 },
    simple,
    reference,
    listed,
    fc.constant({}),
    tie('schema').map((items) => ({ type: 'array', items, maxItems: 7 })),
    tie('schema').map((additionalProperties) => ({ type: 'object', additionalProperties })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf, 'x-discriminator': 'kind' })),
    fc
      .tuple(
        fc.dictionary(fc.constantFrom(...FIELDS), fc.tuple(tie('schema'), maybe(version(1))).map(withSince), { maxKeys: 4 }),
        fc.subarray(FIELDS),
        fc.constantFrom({}, { additionalProperties: false }),
      )
      .map(([properties, required, rest]) => ({ type: 'object', properties, required, ...rest })),
  ),
})).schema;

function withSince([schema, since]: [SchemaDocument, string | undefined]): SchemaDocument {
  return since === undefined ? schema : { ...schema, 'x-since': since };
}

const argsOf = (major: number) =>
  fc
    .uniqueArray(fc.constantFrom('id', 'host', 'full', 'filter'), { maxLength: 4 })
    .chain((names) => fc.tuple(...names.map((name) => argumentOf(name, major))));

const argumentOf = (name: string, major: number): fc.Arbitrary<ArgDocument> =>
  fc
    .tuple(
      schemas,
      record<Partial<ArgDocument>>({
        since: version(major),
        required: fc.boolean(),
        default: fc.constantFrom(1, 'x'),
        droppable: fc.boolean(),
        aliases: fc.constant([`old_${name}`]),
        was: version(major).map((before) => [{ before, required: true }]),
        deprecated: version(major).map((since) => ({ since, removeIn: `${major + 1}.0` })),
      }),
    )
    .map(([schema, rest]) => ({ name, schema, ...rest }));

const methodOf = (major: number): fc.Arbitrary<MethodDocument> =>
  fc
    .tuple(
      fc.constantFrom<MethodDocument['mode']>('any', 'call', 'cast', 'fanout', 'stream'),
      argsOf(major),
      record<Partial<MethodDocument>>({
        since: version(major),
        returns: fc.option(schemas),
        errors: fc.dictionary(
          fc.constantFrom('GONE', 'BUSY'),
          record({ since: version(major), retryable: fc.boolean(), data: schemas }),
        ),
        idempotent: fc.boolean(),
        modeWas: version(major).map((before) => [{ before, mode: 'call' as const }]),
        timeoutMs: fc.integer({ min: 1, max: 60_000 }),
        aliases: fc.constantFrom(['former'], ['earlier', 'former']),
        deprecated: version(major).map((since) => ({ since })),
      }),
    )
    .map(([mode, args, rest]) => ({ mode, args, ...rest }));

const endpointOf = (major: number): fc.Arbitrary<EndpointDocument> =>
  fc
    .tuple(
      version(major),
      fc.constantFrom('l3', 'dhcp'),
      fc.dictionary(fc.constantFrom('get', 'list', 'sync', 'toString'), methodOf(major), { maxKeys: 3 }),
      record<Partial<EndpointDocument>>({
        namespace: fc.constant('admin'),
        codec: fc.constantFrom('json', 'msgpack'),
        stability: fc.constantFrom('experimental', 'beta', 'stable'),
        unknownArgs: fc.constantFrom('reject', 'ignore'),
        unknownArgsWas: version(major).map((before) => [{ before, unknownArgs: 'reject' as const }]),
      }),
    )
    .map(([own, topic, methods, rest]) => ({ version: own, topic, methods, ...rest }));

/** Any contract document. */
export const contracts: fc.Arbitrary<ContractDocument> = fc
  .tuple(
    record({ 'L3Plugin@1': endpointOf(1), 'L3Plugin@2': endpointOf(2), 'Dhcp@1': endpointOf(1) }),
    fc.dictionary(fc.constantFrom('Port', 'Router', 'Policy', 'Either'), schemas),
    maybe(fc.constant({ 'L3Plugin@1': { '1.0': 'sha256:aa' } })),
  )
  .map(([endpoints, types, releases]) => {
    const present = Object.entries(endpoints).filter((entry): entry is [string, EndpointDocument] => entry[1] !== undefined);
    return { contract: 1, endpoints: Object.fromEntries(present), types, ...(releases !== undefined && { releases }) };
  });

/** Returns the same document with its keys reversed, and the lists whose order has no meaning. */
export function shuffled<T>(value: T, key = ''): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => shuffled(item));
    return (['required', 'enum', 'type'].includes(key) ? items.reverse() : items) as T;
  }
  const members = Object.entries(value).reverse();
  return Object.fromEntries(members.map(([name, member]) => [name, shuffled(member, name)])) as T;
}
