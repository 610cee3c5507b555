/**
 * Computes the least version that a call needs, with the reason: from its arguments, fields and values, and from omitted
 * arguments.
 */

import type { ContractDocument } from '@concord-rpc/core';
import {
  type ArgDocument,
  compareVersions,
  type EarlierForm,
  formatVersion,
  type MethodDocument,
  type SchemaDocument,
  type Version,
} from '@concord-rpc/core/engine';
import { resolve, typesOf } from '../document/type-reference';
import { effectiveSince, readVersion, sinceFor } from '../document/versions';
import { type Accepts, acceptsOf } from './accepts';

/** A call, with its arguments by name. An argument that is `undefined` is omitted. */
export interface Call {
  readonly endpoint: string;
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** The version that a call needs, and the reason. */
export interface Need {
  readonly version: string;
  /** A path such as `p.tags[1].v`; the name of the method if nothing in the call is newer than the method. */
  readonly because: string;
}

/** Receives the version that a part of a call needs. */
type Raise = (version: Version | undefined, because: string) => void;

interface CallWalk {
  readonly snapshot: ContractDocument;
  readonly key: string;
  readonly accepts: Accepts;
  readonly raise: Raise;
}

/** Returns the least version of a call; `undefined` if the contract does not have the method. */
export function leastVersion(snapshot: ContractDocument, { endpoint: key, method: name, args }: Call): Need | undefined {
  const methods = snapshot.endpoints[key]?.methods ?? {};
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  const first = method && effectiveSince(method.since, key);
  if (method === undefined || first === undefined) return undefined;
  let need = { version: first, because: name };
  const raise: Raise = (version, because) => {
    if (version !== undefined && compareVersions(version, need.version) > 0) need = { version, because };
  };
  const walk: CallWalk = { snapshot, key, accepts: acceptsOf(snapshot), raise };
  for (const arg of method.args ?? []) walkArgument(walk, arg, args[arg.name]);
  raiseUndeclared(walk, method, args);
  return { version: formatVersion(need.version), because: need.because };
}

function walkArgument(walk: CallWalk, arg: ArgDocument, value: unknown): void {
  if (value === undefined) {
    raiseOmission(walk, arg.name, arg.was);
    return;
  }
  walk.raise(readVersion(arg.since), arg.name);
  if (isMissing(walk, arg.schema, value)) raiseOmission(walk, arg.name, arg.was);
  raiseRefusals(walk, arg.name, arg.was, value);
  walkValue(walk, arg.name, arg.schema, value);
}

/** Raises the version for arguments that the method does not declare: servers before the version that ignores them refuse them. */
function raiseUndeclared({ snapshot, key, raise }: CallWalk, { args: declared = [] }: MethodDocument, args: Call['args']): void {
  const names = new Set(declared.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  const other = Object.keys(args).find((name) => args[name] !== undefined && !names.has(name));
  if (other === undefined) return;
  for (const { before, unknownArgs } of snapshot.endpoints[key]!.unknownArgsWas ?? []) {
    if (unknownArgs === 'reject') raise(readVersion(before), other);
  }
}

function walkValue(walk: CallWalk, path: string, node: SchemaDocument, value: unknown): void {
  const { schema, shape, own } = resolve(node, typesOf(walk.snapshot));
  for (const part of [shape, own]) raiseRefusals(walk, path, part['x-was'], value);
  const values = schema['x-enum-since'] ?? {};
  const key = typeof value === 'string' ? value : JSON.stringify(value);
  if (Object.hasOwn(values, key)) walk.raise(readVersion(sinceFor(values[key], walk.key)), path);
  for (const member of schema.anyOf ?? []) {
    if (!walk.accepts(member, value)) continue;
    walk.raise(readVersion(sinceFor(member['x-since'], walk.key)), path);
    walkValue(walk, path, member, value);
  }
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    for (const [index, item] of value.entries()) walkValue(walk, `${path}[${index}]`, items, item);
  } else if (typeof value === 'object' && value !== null) walkFields(walk, path, schema, value as Record<string, unknown>);
}

function walkFields(walk: CallWalk, path: string, schema: SchemaDocument, value: Readonly<Record<string, unknown>>): void {
  const fields = schema.properties ?? {};
  for (const [name, field] of Object.entries(fields)) {
    const fieldPath = `${path}.${name}`;
    if (value[name] === undefined) raiseOmission(walk, fieldPath, field['x-was']);
    else {
      walk.raise(readVersion(sinceFor(field['x-since'], walk.key)), fieldPath);
      if (isMissing(walk, field, value[name])) raiseOmission(walk, fieldPath, field['x-was']);
      walkValue(walk, fieldPath, field, value[name]);
    }
  }
  if (typeof schema.additionalProperties !== 'object') return;
  for (const [name, inner] of Object.entries(value)) {
    if (!Object.hasOwn(fields, name)) walkValue(walk, `${path}.${name}`, schema.additionalProperties, inner);
  }
}

/**
 * Returns whether a value is `null` although its type does not accept null. A server that requires the value treats it as
 * missing.
 */
function isMissing({ accepts }: CallWalk, schema: SchemaDocument, value: unknown): boolean {
  return value === null && !accepts(schema, value);
}

/** Raises the version for an omitted value: servers before the version that made it optional require it. */
function raiseOmission(walk: CallWalk, path: string, was: readonly EarlierForm[] = []): void {
  for (const { before, required } of was) if (required === true) walk.raise(readVersion(before), path);
}

/** Raises the version for a value that an earlier form refuses. */
function raiseRefusals(walk: CallWalk, path: string, was: readonly EarlierForm[] = [], value: unknown): void {
  for (const { before, schema } of was) if (schema && !walk.accepts(schema, value)) walk.raise(readVersion(before), path);
}
