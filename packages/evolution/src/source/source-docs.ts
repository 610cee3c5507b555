/** Descriptions, default values and type texts, which a contract file takes from sources. Servers do not check them. */

import type { ContractDocument } from '@concord-rpc/core';
import type { ArgDocument, EndpointDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';

/** Values by name. */
type ByName<T> = Readonly<Record<string, T>>;

/** The default of an argument: its value if it is a constant, else the parameter as the source writes it. */
export type DefaultDocs = { readonly value: unknown } | { readonly written: string };

/** The default and type text of an argument. */
export interface ArgumentDocs {
  readonly default?: DefaultDocs;
  /** The TypeScript type as the source writes it. Recorded for readers if the schema states no type. */
  readonly ts?: string;
}

/** The description of a method, with the docs of its arguments. */
export interface MethodDocs {
  readonly description?: string;
  readonly args: ByName<ArgumentDocs>;
  /** The TypeScript type of the result. Recorded only if no decorator states one. */
  readonly returns?: string;
}

/** The description of a type, with those of its fields. */
export interface TypeDocs {
  readonly description?: string;
  readonly fields: ByName<{ readonly description?: string; readonly ts?: string }>;
}

/** The descriptions, defaults and type texts of a contract. */
export interface SourceDocs {
  /** By `Name@major`. */
  readonly endpoints: ByName<{ readonly description?: string; readonly methods: ByName<MethodDocs> }>;
  readonly types: ByName<TypeDocs>;
}

/** Keywords that state the type of a value. */
const SAYS_A_TYPE: readonly (keyof SchemaDocument)[] = ['type', '$ref', 'enum', 'const', 'anyOf'];

/** Adds descriptions, defaults and type texts to a contract. Values that the contract already states from decorators are not replaced. */
export function addSourceDocs(contract: ContractDocument, docs: SourceDocs): ContractDocument {
  const endpoints = mapped(contract.endpoints, (endpoint, key) => withEndpointDocs(endpoint, own(docs.endpoints, key)));
  const types = contract.types && mapped(contract.types, (type, name) => withTypeDocs(type, own(docs.types, name)));
  return { ...contract, endpoints, ...(types !== undefined && { types }) };
}

/** Extracts the descriptions, defaults and type texts of a recorded contract. */
export function sourceDocsIn({ endpoints, types = {} }: ContractDocument): SourceDocs {
  return {
    endpoints: mapped(endpoints, ({ description, methods }) => ({ description, methods: mapped(methods, docsOfMethod) })),
    types: mapped(types, ({ description, properties = {} }) => ({
      description,
      fields: mapped(properties, (field) => ({ description: field.description, ts: field['x-ts'] })),
    })),
  };
}

function docsOfMethod({ description, args = [], returns }: MethodDocument): MethodDocs {
  const docs = args.map((arg) => [arg.name, docsOfArgument(arg)]);
  return { description, args: Object.fromEntries(docs), returns: returns?.['x-ts'] };
}

function docsOfArgument(arg: ArgDocument): ArgumentDocs {
  const ts = arg.schema['x-ts'];
  if ('default' in arg) return { default: { value: arg.default }, ts };
  return ts !== undefined && saysType(arg.schema) ? { default: { written: ts } } : { ts };
}

function withEndpointDocs(endpoint: EndpointDocument, docs: SourceDocs['endpoints'][string] | undefined): EndpointDocument {
  if (docs === undefined) return endpoint;
  const methods = mapped(endpoint.methods, (method, name) => withMethodDocs(method, own(docs.methods, name)));
  return { ...described(endpoint, docs.description), methods };
}

function withMethodDocs(method: MethodDocument, docs: MethodDocs | undefined): MethodDocument {
  if (docs === undefined) return method;
  return {
    ...described(method, docs.description),
    ...(method.args !== undefined && { args: method.args.map((arg) => withArgumentDocs(arg, own(docs.args, arg.name))) }),
    ...(method.returns && { returns: withText(method.returns, docs.returns) }),
  };
}

/** Adds a default only to an optional argument. */
function withArgumentDocs(arg: ArgDocument, docs: ArgumentDocs | undefined): ArgDocument {
  const schema = withText(arg.schema, docs?.ts);
  const taken = docs?.default;
  if (taken === undefined || arg.required !== false || 'default' in arg) return { ...arg, schema };
  if ('value' in taken) return { ...arg, default: taken.value, schema };
  return { ...arg, schema: { ...schema, 'x-ts': taken.written } };
}

function withTypeDocs(type: SchemaDocument, docs: TypeDocs | undefined): SchemaDocument {
  if (docs === undefined || type.properties === undefined) return type;
  const properties = mapped(type.properties, (field, name) => {
    const found = own(docs.fields, name);
    return withText(described(field, found?.description), found?.ts);
  });
  return { ...described(type, docs.description), properties };
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
