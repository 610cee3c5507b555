/** What of a contract only sources tell, and no server checks: defaults, prose, and TypeScript where no schema says a type. */
import type { ArgDocument, ContractDocument, EndpointDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core';

/** Words by the names of what they are about. */
type ByName<T> = Readonly<Record<string, T>>;

/** What is taken for an argument that is left out: a value, or what is written and only running it tells. */
export type SourceDefault = { readonly value: unknown } | { readonly written: string };

/** What sources say of an argument. */
export interface ArgumentDocs {
  readonly default?: SourceDefault;
  /** Its type as it is written: for a reader, where the schema does not say it. */
  readonly ts?: string;
}

/** What sources say of a method. */
export interface MethodDocs {
  readonly description?: string;
  readonly args: ByName<ArgumentDocs>;
  /** What it gives; of no use where decorators say it. */
  readonly returns?: string;
}

/** What sources say of a type or field. */
export interface TypeDocs {
  readonly description?: string;
  readonly fields: ByName<{ readonly description?: string; readonly ts?: string }>;
}

/** What sources say of a contract. */
export interface SourceDocs {
  /** By `Name@major`. */
  readonly endpoints: ByName<{ readonly description?: string; readonly methods: ByName<MethodDocs> }>;
  readonly types: ByName<TypeDocs>;
}

/** Keywords that say what a value is. */
const SAYS_A_TYPE: readonly (keyof SchemaDocument)[] = ['type', '$ref', 'enum', 'const', 'anyOf'];

/** A contract with what sources say where it says nothing itself: decorators come first. */
export function addSourceDocs(contract: ContractDocument, words: SourceDocs): ContractDocument {
  const endpoints = mapped(contract.endpoints, (endpoint, key) => withEndpointWords(endpoint, own(words.endpoints, key)));
  const types = contract.types && mapped(contract.types, (type, name) => withTypeWords(type, own(words.types, name)));
  return { ...contract, endpoints, ...(types !== undefined && { types }) };
}

/** The words in a contract that was recorded with them. */
export function sourceDocsOf({ endpoints, types = {} }: ContractDocument): SourceDocs {
  return {
    endpoints: mapped(endpoints, ({ description, methods }) => ({ description, methods: mapped(methods, wordsOfMethod) })),
    types: mapped(types, ({ description, properties = {} }) => ({
      description,
      fields: mapped(properties, (field) => ({ description: field.description, ts: field['x-ts'] })),
    })),
  };
}

function wordsOfMethod({ description, args = [], returns }: MethodDocument): MethodDocs {
  const words = args.map((arg) => [arg.name, wordsOfArgument(arg)]);
  return { description, args: Object.fromEntries(words), returns: returns?.['x-ts'] };
}

function wordsOfArgument(arg: ArgDocument): ArgumentDocs {
  const ts = arg.schema['x-ts'];
  if ('default' in arg) return { default: { value: arg.default }, ts };
  return ts !== undefined && saysType(arg.schema) ? { default: { written: ts } } : { ts };
}

function withEndpointWords(endpoint: EndpointDocument, words: SourceDocs['endpoints'][string] | undefined): EndpointDocument {
  if (words === undefined) return endpoint;
  const methods = mapped(endpoint.methods, (method, name) => withMethodWords(method, own(words.methods, name)));
  return { ...described(endpoint, words.description), methods };
}

function withMethodWords(method: MethodDocument, words: MethodDocs | undefined): MethodDocument {
  if (words === undefined) return method;
  return {
    ...described(method, words.description),
    ...(method.args !== undefined && { args: method.args.map((arg) => withArgumentWords(arg, own(words.args, arg.name))) }),
    ...(method.returns && { returns: withText(method.returns, words.returns) }),
  };
}

/** A default means something only where the argument may be left out. */
function withArgumentWords(arg: ArgDocument, words: ArgumentDocs | undefined): ArgDocument {
  const schema = withText(arg.schema, words?.ts);
  const taken = words?.default;
  if (taken === undefined || arg.required !== false || 'default' in arg) return { ...arg, schema };
  if ('value' in taken) return { ...arg, default: taken.value, schema };
  return { ...arg, schema: { ...schema, 'x-ts': taken.written } };
}

function withTypeWords(type: SchemaDocument, words: TypeDocs | undefined): SchemaDocument {
  if (words === undefined || type.properties === undefined) return type;
  const properties = mapped(type.properties, (field, name) => {
    const found = own(words.fields, name);
    return withText(described(field, found?.description), found?.ts);
  });
  return { ...described(type, words.description), properties };
}

function withText(schema: SchemaDocument, text: string | undefined): SchemaDocument {
  return text === undefined || saysType(schema) ? schema : { ...schema, 'x-ts': text };
}

function saysType(schema: SchemaDocument): boolean {
  return SAYS_A_TYPE.some((keyword) => keyword in schema);
}

function described<T extends { readonly description?: string }>(what: T, description: string | undefined): T {
  return description === undefined || what.description !== undefined ? what : { ...what, description };
}

function mapped<T, R>(all: ByName<T>, map: (value: T, name: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, map(value, name)]));
}

function own<T>(all: ByName<T>, name: string): T | undefined {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}
