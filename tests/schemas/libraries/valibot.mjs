/** The table of types in valibot, and pairs of types whose change is compared. */
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';

const each = (schemas) =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toStandardJsonSchema(schema)]));
const pairs = (schemas) =>
  Object.fromEntries(Object.entries(schemas).map(([name, pair]) => [name, pair.map((schema) => toStandardJsonSchema(schema))]));
const disk = v.object({ kind: v.literal('disk'), size: v.number() });
const port = v.object({ kind: v.literal('port'), id: v.string() });
const tape = v.object({ kind: v.literal('tape') });

export const schemas = each({
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(5)),
  uuid: v.pipe(v.string(), v.uuid()),
  integer: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)),
  enumeration: v.picklist(['up', 'down']),
  literal: v.literal('x'),
  optional: v.object({ o: v.optional(v.string()) }),
  withDefault: v.object({ d: v.optional(v.number(), 3) }),
  nullable: v.nullable(v.string()),
  list: v.pipe(v.array(v.number()), v.maxLength(3)),
  nested: v.object({ port: v.object({ id: v.string() }) }),
  dictionary: v.record(v.string(), v.number()),
  kinds: v.union([v.string(), v.number()]),
  tagged: v.variant('kind', [disk, port]),
  converted: v.pipe(v.string(), v.transform(Number)),
});

export const changes = pairs({
  limitWidened: [v.pipe(v.string(), v.maxLength(5)), v.pipe(v.string(), v.maxLength(10))],
  limitNarrowed: [v.pipe(v.string(), v.maxLength(10)), v.pipe(v.string(), v.maxLength(5))],
  optionalFieldAdded: [v.object({ a: v.string() }), v.object({ a: v.string(), b: v.optional(v.string()) })],
  requiredFieldAdded: [v.object({ a: v.string() }), v.object({ a: v.string(), b: v.string() })],
  fieldRemoved: [v.object({ a: v.string(), b: v.string() }), v.object({ a: v.string() })],
  valueAdded: [v.picklist(['up']), v.picklist(['up', 'down'])],
  typeOfFieldChanged: [v.object({ a: v.object({ b: v.string() }) }), v.object({ a: v.object({ b: v.number() }) })],
  memberAdded: [v.variant('kind', [disk, port]), v.variant('kind', [tape, disk, port])],
  nothing: [v.object({ a: v.string(), b: v.array(v.number()) }), v.object({ b: v.array(v.number()), a: v.string() })],
});

export const asynchronous = toStandardJsonSchema(v.objectAsync({ a: v.string() }));
export const hostile = toStandardJsonSchema(
  v.object({ items: v.array(v.string()), any: v.optional(v.record(v.string(), v.number())) }),
);
