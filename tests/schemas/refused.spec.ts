/** Schemas that a contract cannot state: each is refused at registration, with its path and the keyword or the line to write. */
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import {
  contractOf,
  createClient,
  Dto,
  defineContract,
  Field,
  MemoryTransport,
  oneOf,
  RpcServer,
  type TypeToken,
} from 'concord-rpc';
import * as v from 'valibot';
import { z } from 'zod';

function refusalOf(register: () => unknown): string {
  try {
    register();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return 'accepted';
}

const taking = (type: TypeToken) =>
  defineContract({ name: 'Ports', topic: 'p', methods: { put: { args: [{ name: 'port', type }] } } });
const giving = (type: TypeToken) => defineContract({ name: 'Ports', topic: 'p', methods: { get: { returns: type } } });
const KEYWORD = 'which contract files do not have';

interface Tree {
  readonly children: readonly Tree[];
}
const Tree: z.ZodType<Tree, Tree> = z.object({ children: z.lazy(() => z.array(Tree)) });

/** A schema of a library that does not exist, with a JSON Schema of its own. */
const schemaOf = (jsonSchema: unknown, standard: object = {}): TypeToken => ({
  '~standard': {
    ...{ version: 1, vendor: 'lib', validate: (value: unknown) => ({ value }) },
    ...{ jsonSchema: { input: () => jsonSchema, output: () => jsonSchema } },
    ...standard,
  } as never,
});

test.each<[string, TypeToken, string]>([
  [
    'valibot without its converter',
    v.string(),
    'its valibot schema does not carry JSON Schema: install @valibot/to-json-schema, and write toStandardJsonSchema(schema) in place of schema',
  ],
  [
    'an old release of a library',
    schemaOf({}, { jsonSchema: undefined }),
    'its lib schema does not carry JSON Schema: use a newer lib, or its converter to Standard JSON Schema',
  ],
  [
    'another version of the standard',
    schemaOf({}, { version: 2 }),
    'its lib schema follows version 2 of Standard Schema; Concord knows version 1',
  ],
  [
    'an asynchronous schema',
    toStandardJsonSchema(v.objectAsync({ a: v.string() }) as never),
    'its valibot schema is asynchronous, but values are checked synchronously: make this check in the handler',
  ],
  [
    'a date of zod',
    z.object({ at: z.date() }),
    'its zod schema has no JSON Schema for its input: Date cannot be represented in JSON Schema',
  ],
  ['a bigint of zod', z.bigint(), 'its zod schema has no JSON Schema for its input: BigInt cannot be represented in JSON Schema'],
  [
    'a date of valibot',
    toStandardJsonSchema(v.date()),
    'its valibot schema has no JSON Schema for its input: The "date" schema cannot be converted to JSON Schema.',
  ],
  ['any value', z.any(), 'its zod schema accepts any value as far as its JSON Schema says: state a type that JSON Schema has'],
  [
    'any value in a field',
    z.object({ a: z.array(z.unknown()) }),
    'its zod schema accepts any value at a[] as far as its JSON Schema says: state a type that JSON Schema has',
  ],
  [
    'a tuple',
    z.object({ pair: z.tuple([z.string(), z.number()]) }),
    `its zod schema has the keyword "prefixItems" at pair, ${KEYWORD}`,
  ],
  [
    'an intersection',
    toStandardJsonSchema(v.intersect([v.object({ a: v.string() }), v.object({ b: v.string() })])),
    `its valibot schema has the keyword "allOf", ${KEYWORD}`,
  ],
  ['no value', z.object({ a: z.never() }), `its zod schema has the keyword "not" at a, ${KEYWORD}`],
  [
    'keys of a dictionary',
    z.record(z.string().regex(/^a/), z.number()),
    `its zod schema has the keyword "propertyNames", ${KEYWORD}`,
  ],
  [
    'an exclusive union',
    z.xor([z.object({ a: z.string() }), z.object({ b: z.string() })]),
    `its zod schema has the keyword "oneOf", ${KEYWORD}`,
  ],
  [
    'a type that contains itself',
    Tree,
    'its zod schema contains itself at children[] (the keyword "$ref"): write a DTO class for a type that contains itself',
  ],
  [
    'versions in a schema',
    z.object({ a: z.string().meta({ 'x-since': '1.1' }) }),
    `its zod schema has the keyword "x-since" at a, ${KEYWORD}`,
  ],
  ['a keyword of a wrong kind', schemaOf({ type: 'string', minLength: 'a' }), `its lib schema has minLength "a", ${KEYWORD}`],
  ['a type that JSON has not', schemaOf({ type: 'bytes' }), `its lib schema has type "bytes", ${KEYWORD}`],
  [
    'a name that no codec carries',
    schemaOf(JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}')),
    'its lib schema has the property "__proto__", a name that contract files do not have',
  ],
  ['a schema that is none', schemaOf(null), `its lib schema has null, which is not a schema that contract files have`],
  [
    'a schema that throws',
    schemaOf(
      {},
      {
        jsonSchema: {
          input: () => {
            throw new Error('a\u0007'.repeat(1_000));
          },
          output: () => ({}),
        },
      },
    ),
    `its lib schema has no JSON Schema for its input: ${'a\\u0007'.repeat(128)}…`,
  ],
])('%s', (_name, type, sentence) => {
  const message = `[invalid_contract] Ports.put(port) has no known type: ${sentence}`;
  expect(refusalOf(() => new RpcServer(new MemoryTransport()).register(taking(type), { put: () => {} } as never))).toBe(message);
  expect(refusalOf(() => createClient(new MemoryTransport(), taking(type)))).toBe(message);
});

test('the parts of a schema are limited, also where references repeat them', () => {
  const $defs = Object.fromEntries(
    Array.from({ length: 20 }, (_, level) => {
      const inner = level === 0 ? { type: 'string' } : { $ref: `#/$defs/t${level - 1}` };
      return [`t${level}`, { type: 'object', properties: { a: inner, b: inner } }];
    }),
  );
  const message = '[invalid_contract] Ports.put(port) has no known type: its lib schema has more than 4096 parts';
  expect(refusalOf(() => contractOf(taking(schemaOf({ $ref: '#/$defs/t19', $defs }))))).toBe(message);
});

test('a result that has no JSON Schema is refused, though its input has one', () => {
  const transformed = z.string().transform(Number);
  expect(refusalOf(() => contractOf(taking(transformed)))).toBe('accepted');
  expect(refusalOf(() => contractOf(giving(transformed)))).toBe(
    '[invalid_contract] Ports.get declares returns, but its zod schema has no JSON Schema for its output: Transforms cannot be represented in JSON Schema',
  );
});

test('limits beside a schema, and members of a union of classes, are refused', () => {
  const limited = defineContract({
    name: 'Ports',
    topic: 'p',
    methods: { put: { args: [{ name: 'port', type: z.string(), maxLength: 3 }] } },
  });
  expect(refusalOf(() => contractOf(limited))).toBe(
    '[invalid_contract] Ports.put(port) has limits beside its schema: write them in the schema',
  );
  const tagged = oneOf('kind', { port: z.object({ id: z.string() }) });
  expect(refusalOf(() => contractOf(giving(tagged)))).toBe(
    '[invalid_contract] Ports.get declares returns, but oneOf cannot tell port apart: it is not a DTO class',
  );
  const twice = oneOf(z.object({ a: z.string() }), z.object({ b: z.string() }));
  expect(refusalOf(() => contractOf(giving(twice)))).toMatch(/a union has two types whose values are of the form object/);
  expect(refusalOf(() => contractOf(giving(oneOf(String, z.number().nullable()))))).toMatch(/write null around the union/);
});

test.each(['argument', 'result'])('a field of a class has one form, as %s', (place) => {
  const register = (type: TypeToken) => {
    class Holder {}
    Dto({ name: 'Holder' })(Holder);
    Field({ type })(Holder.prototype, 'port');
    return refusalOf(() => contractOf(place === 'argument' ? taking(Holder) : giving(Holder)));
  };
  const where = place === 'argument' ? 'argument port of Ports.put' : 'result of Ports.get';
  const begin = `[invalid_contract] Holder.port (${where}) has no known type: its zod schema`;
  expect(register(z.string().default('a'))).toBe('accepted');
  expect(register(z.object({ a: z.string() }))).toBe('accepted');
  expect(register(z.object({ a: z.string().default('a') }))).toBe(
    `${begin} has another JSON Schema for its input than for its output, and a field has one form: state the schema as the type of an argument or a result`,
  );
  expect(register(z.date())).toBe(`${begin} has no JSON Schema for its input: Date cannot be represented in JSON Schema`);
});
