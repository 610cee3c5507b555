/** The table of types in zod, and pairs of types whose change is compared. */
import { z } from 'zod';

export const schemas = {
  text: z.string().min(1).max(5),
  uuid: z.uuid(),
  integer: z.number().int().min(1).max(10),
  enumeration: z.enum(['up', 'down']),
  literal: z.literal('x'),
  optional: z.object({ o: z.string().optional() }),
  withDefault: z.object({ d: z.number().default(3) }),
  nullable: z.string().nullable(),
  list: z.array(z.number()).max(3),
  nested: z.object({ port: z.object({ id: z.string() }) }),
  dictionary: z.record(z.string(), z.number()),
  kinds: z.union([z.string(), z.number()]),
  tagged: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('disk'), size: z.number() }),
    z.object({ kind: z.literal('port'), id: z.string() }),
  ]),
  converted: z.string().transform(Number),
};

const disk = z.object({ kind: z.literal('disk'), size: z.number() });
const port = z.object({ kind: z.literal('port'), id: z.string() });
const tape = z.object({ kind: z.literal('tape') });

export const changes = {
  limitWidened: [z.string().max(5), z.string().max(10)],
  limitNarrowed: [z.string().max(10), z.string().max(5)],
  optionalFieldAdded: [z.object({ a: z.string() }), z.object({ a: z.string(), b: z.string().optional() })],
  requiredFieldAdded: [z.object({ a: z.string() }), z.object({ a: z.string(), b: z.string() })],
  fieldRemoved: [z.object({ a: z.string(), b: z.string() }), z.object({ a: z.string() })],
  valueAdded: [z.enum(['up']), z.enum(['up', 'down'])],
  typeOfFieldChanged: [z.object({ a: z.object({ b: z.string() }) }), z.object({ a: z.object({ b: z.number() }) })],
  memberAdded: [z.discriminatedUnion('kind', [disk, port]), z.discriminatedUnion('kind', [tape, disk, port])],
  nothing: [z.object({ a: z.string(), b: z.array(z.number()) }), z.object({ b: z.array(z.number()), a: z.string() })],
};

export const asynchronous = z.string().refine(async () => true);
export const hostile = z.object({ items: z.array(z.string()), any: z.record(z.string(), z.number()).optional() });
