/** Chooses the identifiers of a generated client: legal, different from each other, and none that the file uses itself. */

import type { ContractDocument } from '@concord-rpc/core';
import type { EarlierForm, MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';
import { referredName, typesOf } from '../document/type-reference';
import { parseEndpointKey } from '../document/versions';
import { identifierOf } from './type-source';

/** Words of TypeScript that cannot be identifiers. */
export const RESERVED: ReadonlySet<string> = new Set(
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield'.split(
    ' ',
  ),
);

/** Names that a generated file uses: its imports, its functions, and types and values of the language. */
const USED =
  'concord valid field method Type CONTRACT_HASH any bigint boolean never number object string symbol undefined unknown Array AsyncIterable Boolean Date Error Infinity NaN Number Object Promise Record RegExp ReturnType String Uint8Array require exports module';

/** A contract whose types are named by identifiers, and the identifiers of its other parts. */
export interface NamedContract {
  readonly contract: ContractDocument;
  readonly endpoint: string;
  /** The class of an error without data, by the name of the error. */
  readonly errors: ReadonlyMap<string, string>;
}

/** Names the parts of a contract of one endpoint. A name that is an identifier already is kept if it is free. */
export function withIdentifiers(contract: ContractDocument, key: string): NamedContract {
  const taken = new Set([...RESERVED, ...USED.split(' ')]);
  const claim = (name: string): string => {
    let word = identifierOf(name);
    while (taken.has(word)) word += '_';
    taken.add(word);
    return word;
  };
  const endpoint = claim(parseEndpointKey(key).name);
  taken.add(`create${endpoint}Client`);
  const methods = Object.values(contract.endpoints[key]!.methods);
  const codes = methods.flatMap(({ errors = {} }) => Object.keys(errors));
  const types = new Map(keptFirst(Object.keys(typesOf(contract))).map((name) => [name, claim(name)]));
  const errors = new Map(keptFirst([...new Set(codes)]).map((code) => [code, claim(code)]));
  return { contract: renamed(contract, types), endpoint, errors };
}

/** Puts names that are identifiers before names that have to be changed. */
function keptFirst(names: readonly string[]): readonly string[] {
  const isKept = (name: string) => identifierOf(name) === name;
  return [...names.filter(isKept), ...names.filter((name) => !isKept(name))];
}

/** Replaces the names of types. A reference to a type that the contract lacks stands for any value. */
function renamed(contract: ContractDocument, words: ReadonlyMap<string, string>): ContractDocument {
  const schemaOf = ({ $ref, ...schema }: SchemaDocument): SchemaDocument => {
    const word = words.get(referredName({ $ref }) ?? '');
    const { properties, items, anyOf, additionalProperties: rest, 'x-was': was } = schema;
    return {
      ...schema,
      ...(word !== undefined && { $ref: `#/types/${word}` }),
      ...(properties !== undefined && { properties: mapped(properties, schemaOf) }),
      ...(items !== undefined && { items: schemaOf(items) }),
      ...(anyOf !== undefined && { anyOf: anyOf.map(schemaOf) }),
      ...(typeof rest === 'object' && { additionalProperties: schemaOf(rest) }),
      ...(was !== undefined && { 'x-was': was.map(formOf) }),
    };
  };
  const formOf = (form: EarlierForm): EarlierForm => (form.schema ? { ...form, schema: schemaOf(form.schema) } : form);
  const methodOf = (method: MethodDocument): MethodDocument => ({
    ...method,
    args: method.args?.map((arg) => ({
      ...arg,
      schema: schemaOf(arg.schema),
      ...(arg.was !== undefined && { was: arg.was.map(formOf) }),
    })),
    ...(method.returns && { returns: schemaOf(method.returns) }),
    ...(method.returnsWas !== undefined && { returnsWas: method.returnsWas.map(formOf) }),
    errors: mapped(method.errors ?? {}, (error) => (error.data === undefined ? error : { ...error, data: schemaOf(error.data) })),
  });
  const types = Object.entries(typesOf(contract)).map(([name, schema]) => [words.get(name)!, schemaOf(schema)]);
  return {
    ...contract,
    endpoints: mapped(contract.endpoints, (endpoint) => ({ ...endpoint, methods: mapped(endpoint.methods, methodOf) })),
    types: Object.fromEntries(types),
  };
}

function mapped<T>(members: Readonly<Record<string, T>>, map: (member: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, map(member)]));
}
