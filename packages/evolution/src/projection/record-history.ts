/** Records the earlier form of changed elements in a contract, so that released versions can still be proved. */

import type { ContractDocument } from '@concord-rpc/core';
import type { ArgDocument, EarlierForm, EndpointDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';
import { byCodeUnit, isSame } from '../document/canonical-json';
import { isOptional } from '../document/optional-argument';
import { memberName } from '../document/schema-facets';
import { collectTypes, schemasIn, type TypeTable, typesOf } from '../document/type-reference';
import { isOlder, readVersion } from '../document/versions';

/** Keywords that are not part of the type at one position: they are compared elsewhere, or do not restrict values. */
const NOT_OWN: ReadonlySet<string> = new Set([
  'properties',
  'required',
  'items',
  'title',
  'description',
  'deprecated',
  'x-since',
  'x-was',
  'x-enum-since',
  'x-enum-fallback',
  'x-open',
  'x-droppable',
  'x-ts',
]);

/**
 * Returns the contract of the code with the history of the committed file. Existing entries stay. If the version moved and a
 * type or a requirement changed, a new entry records the earlier form.
 */
export function recordHistory(committed: ContractDocument, code: ContractDocument): ContractDocument {
  const endpoints = Object.entries(code.endpoints).map(([key, now]) => {
    const old = Object.hasOwn(committed.endpoints, key) ? committed.endpoints[key] : undefined;
    return [key, old === undefined ? now : endpointWithHistory(old, now)];
  });
  const moved = movedVersions(committed, code);
  const types = Object.entries(typesOf(code)).map(([name, now]) => {
    const old = Object.hasOwn(typesOf(committed), name) ? typesOf(committed)[name] : undefined;
    return [name, old === undefined ? now : schemaWithHistory(old, now, moved.get(name))];
  });
  return {
    ...code,
    endpoints: Object.fromEntries(endpoints),
    ...((code.types !== undefined || types.length > 0) && { types: Object.fromEntries(types) }),
    ...(committed.releases !== undefined && { releases: { ...committed.releases, ...code.releases } }),
  };
}

/** Returns the new version of an endpoint; `undefined` if the version did not move. */
function movedTo(old: EndpointDocument, now: EndpointDocument): string | undefined {
  return isOlder(readVersion(old.version), readVersion(now.version)) ? now.version : undefined;
}

/**
 * Returns the new version of the endpoints that reach each type. Types whose endpoints moved to different versions are left out,
 * because the version of the change is not known.
 */
function movedVersions(committed: ContractDocument, code: ContractDocument): ReadonlyMap<string, string> {
  const versions = new Map<string, Set<string>>();
  for (const [key, now] of Object.entries(code.endpoints)) {
    const old = committed.endpoints[key];
    const version = old && movedTo(old, now);
    if (version === undefined) continue;
    for (const type of typesIn(now, typesOf(code))) versions.set(type, (versions.get(type) ?? new Set()).add(version));
  }
  return new Map([...versions].flatMap(([type, all]) => (all.size === 1 ? [[type, [...all][0]!] as const] : [])));
}

function typesIn({ methods }: EndpointDocument, types: TypeTable): ReadonlySet<string> {
  const names = new Set<string>();
  for (const schema of Object.values(methods).flatMap((method) => schemasIn(method))) collectTypes(schema, types, names);
  return names;
}

function endpointWithHistory(old: EndpointDocument, now: EndpointDocument): EndpointDocument {
  const version = movedTo(old, now);
  const methods = Object.entries(now.methods).map(([name, method]) => {
    const same = Object.hasOwn(old.methods, name) ? old.methods[name] : undefined;
    const before = same ?? Object.entries(old.methods).find(([oldName]) => method.aliases?.includes(oldName))?.[1];
    return [name, before === undefined ? method : methodWithHistory(before, method, version)];
  });
  const isOpened = version !== undefined && old.unknownArgs !== 'ignore' && now.unknownArgs === 'ignore';
  const opened = isOpened && { before: version, unknownArgs: 'reject' as const };
  const unknownArgsWas = wideningHistory(old.unknownArgsWas, now.unknownArgsWas, opened);
  return { ...now, ...(unknownArgsWas !== undefined && { unknownArgsWas }), methods: Object.fromEntries(methods) };
}

function methodWithHistory(old: MethodDocument, now: MethodDocument, version: string | undefined): MethodDocument {
  const args = now.args?.map((arg) => {
    const before = old.args?.find(({ name }) => name === arg.name || arg.aliases?.includes(name));
    return before === undefined ? arg : argumentWithHistory(before, arg, version);
  });
  const [before, after] = [old.returns ?? null, now.returns ?? null];
  const isOther = (before === null) !== (after === null);
  const returnsWas = entriesOf(
    old.returnsWas,
    isOther && version !== undefined ? { before: version, schema: before } : undefined,
  );
  const { mode } = old;
  const isAnyNow = version !== undefined && now.mode === 'any' && mode !== 'any' && mode !== 'stream';
  const modeWas = wideningHistory(old.modeWas, now.modeWas, isAnyNow && { before: version, mode });
  return {
    ...now,
    ...(modeWas !== undefined && { modeWas }),
    ...(args !== undefined && { args }),
    ...(returnsWas !== undefined && { returnsWas }),
    ...(before !== null && after !== null && { returns: schemaWithHistory(before, after, version) }),
  };
}

/**
 * Merges the entries of the file, the entries of the code, and the earlier value if the value accepts more in this version. Other
 * changes break old callers and are not recorded.
 */
function wideningHistory<T extends { readonly before: string }>(
  known: readonly T[] = [],
  own: readonly T[] = [],
  widened: T | false,
): readonly T[] | undefined {
  const entries = new Map<string, T>();
  for (const entry of [...known, ...own, ...(widened === false ? [] : [widened])]) {
    if (!entries.has(entry.before)) entries.set(entry.before, entry);
  }
  return entries.size === 0 ? undefined : [...entries.values()];
}

function argumentWithHistory(old: ArgDocument, now: ArgDocument, version: string | undefined): ArgDocument {
  const [wasRequired, isRequired] = [old, now].map((arg) => !isOptional(arg));
  const isOther = version !== undefined && wasRequired !== isRequired;
  const was = entriesOf(old.was, isOther ? { before: version, required: wasRequired } : undefined, now.was);
  return { ...now, ...(was !== undefined && { was }), schema: schemaWithHistory(old.schema, now.schema, version) };
}

function schemaWithHistory(
  old: SchemaDocument,
  now: SchemaDocument,
  version: string | undefined,
  required: Pick<EarlierForm, 'required'> = {},
): SchemaDocument {
  const saysMoreOrLess = (old.items === undefined) !== (now.items === undefined);
  const isOther = saysMoreOrLess || !isSame(ownFacets(old, now), ownFacets(now, now));
  const { 'x-was': _, 'x-since': __, description: ___, ...before } = old;
  const entry = { ...required, ...(isOther && { schema: before }) };
  const was = entriesOf(
    old['x-was'],
    version !== undefined && Object.keys(entry).length > 0 ? { before: version, ...entry } : undefined,
    now['x-was'],
  );
  const fields = Object.entries(now.properties ?? {}).map(([name, field]) => {
    const known = old.properties !== undefined && Object.hasOwn(old.properties, name) ? old.properties[name] : undefined;
    if (known === undefined) return [name, field];
    const wasRequired = old.required?.includes(name) === true;
    const isMoved = wasRequired !== (now.required?.includes(name) === true);
    return [name, schemaWithHistory(known, field, version, isMoved ? { required: wasRequired } : {})];
  });
  return {
    ...now,
    ...(was !== undefined && { 'x-was': was }),
    ...(now.properties !== undefined && { properties: Object.fromEntries(fields) }),
    ...(old.items !== undefined && now.items !== undefined && { items: schemaWithHistory(old.items, now.items, version) }),
  };
}

/** Returns the keywords that restrict values at one position. Listed values with a `since` are not a change. */
function ownFacets(schema: SchemaDocument, now: SchemaDocument): object {
  const late = now['x-enum-since'] ?? {};
  const own = Object.entries(schema).filter(([keyword]) => !NOT_OWN.has(keyword));
  const values = schema.enum?.filter((value) => !Object.hasOwn(late, typeof value === 'string' ? value : JSON.stringify(value)));
  return {
    ...Object.fromEntries(own),
    ...(values !== undefined && { enum: values.map((value) => JSON.stringify(value)).sort() }),
    ...(schema.anyOf !== undefined && { anyOf: agelessMembers(schema.anyOf, now) }),
  };
}

/** Returns the members of a union without those that have a `since` now. */
function agelessMembers(members: readonly SchemaDocument[], now: SchemaDocument): readonly SchemaDocument[] {
  const late = new Set(now.anyOf?.filter((member) => member['x-since'] !== undefined).map(memberName));
  return members.filter((member) => !late.has(memberName(member))).sort((a, b) => byCodeUnit(memberName(a), memberName(b)));
}

/** Merges the entries of the file, the entries of the code, and a new entry for changes that the code does not record. */
function entriesOf(
  known: readonly EarlierForm[] = [],
  entry: EarlierForm | undefined,
  own: readonly EarlierForm[] = [],
): readonly EarlierForm[] | undefined {
  const said = own.filter(({ before }) => !known.some((each) => each.before === before));
  const entries = new Map([...known, ...said].map((each) => [each.before, each]));
  if (entry !== undefined) {
    const { before, ...facets } = entry;
    const rest = Object.entries(facets).filter(([facet]) => !said.some((each) => facet in each));
    if (rest.length > 0)
      entries.set(before, { before, ...Object.fromEntries(rest), ...said.find((each) => each.before === before) });
  }
  return entries.size === 0 ? undefined : [...entries.values()];
}
