/** Types of a contract as schemas of AsyncAPI, and the envelopes of the protocol around them. */
import type { ArgDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';
import { isOptional } from '../document/optional-argument';

/** A part of an AsyncAPI document. */
export type JsonPart = Readonly<Record<string, unknown>>;

const TYPES = '#/types/';

/** The name under which `components` has a type: letters, digits, dots, hyphens and underscores. */
export function componentName(name: string): string {
  return name.replace(/[^\w.-]/g, '_');
}

/** The schemas of one contract. */
export interface SchemaWriter {
  /** Writes a type. References lead to `components`; marks of deprecation are true, as JSON Schema has them. */
  schemaOf(schema: SchemaDocument): JsonPart;
  /** The content of a request: the arguments by position or by name, and what the caller says of itself. */
  request(method: MethodDocument): JsonPart;
  /** The content of a reply: the result, or the error. */
  reply(method: MethodDocument): JsonPart;
}

/** Returns the writer of a contract whose types have names that begin with `prefix` in `components`. */
export function schemaWriter(prefix: string): SchemaWriter {
  const schemaOf = (schema: SchemaDocument) => written(schema, prefix) as JsonPart;
  return { schemaOf, request: (method) => requestSchema(method, schemaOf), reply: (method) => replySchema(method, schemaOf) };
}

type WriteSchema = SchemaWriter['schemaOf'];

function written(value: unknown, prefix: string): unknown {
  if (Array.isArray(value)) return value.map((each) => written(each, prefix));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      if (key === '$ref' && typeof part === 'string' && part.startsWith(TYPES))
        return [key, `#/components/schemas/${prefix}${componentName(part.slice(TYPES.length))}`];
      if (key === 'properties') return [key, fields(part as object, prefix)];
      if (key === 'deprecated') return [key, part !== false && part !== null];
      return LITERAL.has(key) ? [key, part] : [key, written(part, prefix)];
    }),
  );
}

/** Keywords whose values are values of the type, not schemas. */
const LITERAL: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'x-enum-fallback', 'x-validators']);

function fields(properties: object, prefix: string): JsonPart {
  return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, written(field, prefix)]));
}

function requestSchema({ args = [] }: MethodDocument, schemaOf: WriteSchema): JsonPart {
  const argumentSchema = (arg: ArgDocument) => argumentOf(arg, schemaOf);
  const required = args.filter((arg) => !isOptional(arg)).map(({ name }) => name);
  const byName = {
    ...{ type: 'object', properties: Object.fromEntries(args.map((arg) => [arg.name, argumentSchema(arg)])) },
    ...(required.length > 0 && { required }),
  };
  const byPosition = { type: 'array', items: args.map(argumentSchema), additionalItems: false, minItems: leastArguments(args) };
  return {
    type: 'object',
    required: ['args'],
    properties: {
      args: { anyOf: [args.length === 0 ? { type: 'array', maxItems: 0 } : byPosition, byName] },
      re: { type: 'string', maxLength: 64, description: 'A nonce, which the reply repeats.' },
      ttl: { type: 'number', minimum: 0, description: 'Milliseconds until the deadline of the caller.' },
      contract: { type: 'string', description: 'The version of the contract of the caller.' },
      context: { type: 'object', description: 'What the caller says about itself and the request.' },
    },
  };
}

function replySchema({ returns, errors = {}, mode }: MethodDocument, schemaOf: WriteSchema): JsonPart {
  const result = returns ? schemaOf(returns) : {};
  const declared = Object.entries(errors).map(([name, { data }]) => ({
    properties: { code: { const: 'declared' }, name: { const: name }, ...(data !== undefined && { data: schemaOf(data) }) },
  }));
  const error = {
    type: 'object',
    required: ['code', 'message', 'executed', 'retryable'],
    properties: {
      code: { type: 'string' },
      message: { type: 'string' },
      executed: { enum: ['no', 'maybe', 'yes'], description: 'Whether the handler ran.' },
      retryable: { type: 'boolean' },
    },
    ...(declared.length > 0 && { anyOf: [...declared, { properties: { code: { not: { const: 'declared' } } } }] }),
  };
  const items = { items: { type: 'array', items: result }, end: { const: true } };
  return {
    type: 'object',
    properties: { re: { type: 'string' }, ...(mode === 'stream' ? items : { result }), error },
  };
}

function argumentOf(arg: ArgDocument, schemaOf: WriteSchema): JsonPart {
  return {
    ...schemaOf(arg.schema),
    ...(arg.since !== undefined && { 'x-since': arg.since }),
    ...('default' in arg && { default: arg.default }),
    ...(arg.deprecated !== undefined && { deprecated: true }),
  };
}

function leastArguments(args: readonly ArgDocument[]): number {
  return args.findLastIndex((arg) => !isOptional(arg)) + 1;
}
