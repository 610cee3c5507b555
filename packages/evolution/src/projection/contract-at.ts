/**
 * Computes a contract at an earlier version from today's: newer elements are removed, changed elements have their earlier form.
 */

import type { ContractDocument } from '@concord-rpc/core';
import {
  type ArgDocument,
  type EndpointDocument,
  type ErrorDocument,
  formatVersion,
  type MethodDocument,
  type SchemaDocument,
  type Version,
} from '@concord-rpc/core/engine';
import { namedIn, schemasIn, type TypeTable, typesOf } from '../document/type-reference';
import { type EndpointVersion, historyAt, isYounger, wasAt } from './endpoint-version';
import { schemaAt } from './schema-at';

/**
 * Returns one endpoint of a document at a version, with the types that it reached; `undefined` if the document has no such
 * endpoint.
 */
export function contractAt(snapshot: ContractDocument, key: string, version: Version): ContractDocument | undefined {
  if (!Object.hasOwn(snapshot.endpoints, key)) return undefined;
  const past: EndpointVersion = { key, version };
  const endpoint = endpointAt(snapshot.endpoints[key]!, past);
  const types: Record<string, SchemaDocument> = {};
  const waiting = [...namedIn(Object.values(endpoint.methods).flatMap((method) => schemasIn(method)))];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const definition = definitionOf(typesOf(snapshot), name);
    if (Object.hasOwn(types, name) || definition === undefined) continue;
    const then = schemaAt(definition, past);
    types[name] = then;
    waiting.push(...namedIn([then]));
  }
  return { contract: 1, endpoints: { [key]: endpoint }, types };
}

function definitionOf(types: TypeTable, name: string): SchemaDocument | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

function endpointAt(endpoint: EndpointDocument, past: EndpointVersion): EndpointDocument {
  const methods: Record<string, MethodDocument> = {};
  const names = Object.keys(endpoint.methods).sort();
  const isRenamed = (name: string) => isYounger(endpoint.methods[name]!.since, past);
  // a method that already had a name keeps it; a method that got the name later does not replace it
  for (const name of [...names.filter((each) => !isRenamed(each)), ...names.filter(isRenamed)]) {
    const method = endpoint.methods[name]!;
    const known = nameAt(name, method, past);
    if (known !== undefined && !Object.hasOwn(methods, known.name))
      methods[known.name] = methodAt({ ...method, ...known.rest }, past);
  }
  return {
    ...endpoint,
    version: formatVersion(past.version),
    unknownArgs: wasAt(endpoint.unknownArgsWas, 'unknownArgs', past)?.unknownArgs ?? endpoint.unknownArgs,
    unknownArgsWas: historyAt(endpoint.unknownArgsWas, past),
    methods,
  };
}

/** Returns the name of an element at a version; `undefined` if the element did not exist. */
function nameAt(
  name: string,
  { since, aliases = [], aliasSince = {} }: Pick<MethodDocument, 'since' | 'aliases' | 'aliasSince'>,
  past: EndpointVersion,
): { readonly name: string; readonly rest: object } | undefined {
  if (!isYounger(since, past)) return { name, rest: {} };
  const index = aliases.findIndex((alias) => !isYounger(aliasSince[alias], past));
  const [oldName, ...others] = index < 0 ? [] : aliases.slice(index);
  if (oldName === undefined) return undefined;
  const late = Object.entries(aliasSince).filter(([alias]) => others.includes(alias));
  const sinces = Object.keys(aliasSince).length > 0 && { aliasSince: late.length > 0 ? Object.fromEntries(late) : undefined };
  return { name: oldName, rest: { since: aliasSince[oldName], aliases: others, ...sinces } };
}

function methodAt(method: MethodDocument, past: EndpointVersion): MethodDocument {
  const returned = wasAt(method.returnsWas, 'schema', past);
  const returns = returned === undefined ? method.returns : returned.schema;
  return {
    ...method,
    mode: wasAt(method.modeWas, 'mode', past)?.mode ?? method.mode,
    modeWas: historyAt(method.modeWas, past),
    args: (method.args ?? []).flatMap((arg) => argumentAt(arg, past) ?? []),
    returns: returns ? schemaAt(returns, past) : null,
    returnsWas: historyAt(method.returnsWas, past),
    errors: errorsAt(method.errors ?? {}, past),
  };
}

function argumentAt(arg: ArgDocument, past: EndpointVersion): ArgDocument | undefined {
  const known = nameAt(arg.name, arg, past);
  if (known === undefined) return undefined;
  const { default: value, required, ...rest } = arg;
  const wasRequired = wasAt(arg.was, 'required', past)?.required;
  const optionality =
    wasRequired === true ? {} : { ...('default' in arg && { default: value }), required: wasRequired ?? required };
  return {
    ...rest,
    ...optionality,
    ...known.rest,
    name: known.name,
    schema: schemaAt(wasAt(arg.was, 'schema', past)?.schema ?? arg.schema, past),
    was: historyAt(arg.was, past),
  };
}

function errorsAt(errors: Readonly<Record<string, ErrorDocument>>, past: EndpointVersion): Record<string, ErrorDocument> {
  const kept = Object.entries(errors).filter(([, { since }]) => !isYounger(since, past));
  return Object.fromEntries(
    kept.map(([code, error]) => [code, error.data === undefined ? error : { ...error, data: schemaAt(error.data, past) }]),
  );
}
