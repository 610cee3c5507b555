/** Lists the changes of each version of an endpoint: parts that it added, changed and deprecated, by the marks of one contract. */
import type { ContractDocument } from '@concord-rpc/core';
import {
  type ArgDocument,
  compareVersions,
  type DeprecationDocument,
  type EarlierForm,
  formatVersion,
  type MethodDocument,
  parseVersion,
  type SchemaDocument,
  type Version,
} from '@concord-rpc/core/engine';
import { firstSince, readVersion, sinceFor } from '../document/versions';
import { codeCell, prose } from './markdown';

/** One version, and its changes as sentences in Markdown. */
export interface VersionChanges {
  readonly version: string;
  readonly changes: readonly string[];
}

/** Takes in a change; one of the first version of a major is none. */
type Add = (version: Version | undefined, sentence: string) => void;

/** Returns the changes of each version that has any, newest first. */
export function historyOf({ endpoints, types = {} }: ContractDocument, key: string): readonly VersionChanges[] {
  const found = new Map<string, string[]>();
  const add: Add = (version, sentence) => {
    if (version === undefined || version.minor === 0) return;
    const text = formatVersion(version);
    found.set(text, [...(found.get(text) ?? []), sentence]);
  };
  const { methods, unknownArgsWas = [] } = endpoints[key]!;
  for (const { before, unknownArgs } of unknownArgsWas)
    add(readVersion(before), `arguments that no method declares: no longer ${PAST[unknownArgs]}`);
  for (const [name, method] of Object.entries(methods)) ofMethod(name, method, key, add);
  for (const [name, schema] of Object.entries(types)) ofType(name, schema, key, add);
  return [...found]
    .map(([version, changes]) => ({ version, changes }))
    .sort((a, b) => compareVersions(parseVersion(b.version), parseVersion(a.version)));
}

const PAST = { reject: 'refused', ignore: 'ignored' } as const;

function ofMethod(name: string, method: MethodDocument, key: string, add: Add): void {
  const { args = [], errors = {}, modeWas = [], returnsWas = [], aliases = [], since, deprecated } = method;
  const shown = codeCell(name);
  const first = firstSince(method, key);
  add(first, `method ${shown} added`);
  if (aliases.length > 0) add(readVersion(since), `method ${codeCell(aliases[0]!)} renamed to ${shown}`);
  for (const { before, mode } of modeWas) add(readVersion(before), `method ${shown}: mode no longer ${mode}`);
  for (const { before } of returnsWas) add(readVersion(before), `method ${shown}: result changed`);
  for (const arg of args) {
    const what = `argument ${codeCell(arg.name)} of ${shown}`;
    ofArgument(arg, what, first, add);
    ofValues(arg.schema, what, key, add);
  }
  for (const [error, { since: late }] of Object.entries(errors))
    add(readVersion(late), `error ${codeCell(error)} of ${shown} added`);
  ofDeprecation(deprecated, `method ${shown}`, add);
}

function ofArgument({ since, was = [], deprecated }: ArgDocument, what: string, first: Version | undefined, add: Add): void {
  const added = readVersion(since);
  // an argument that came with its method is no change of its own
  if (added !== undefined && (first === undefined || compareVersions(added, first) > 0)) add(added, `${what} added`);
  ofForms(was, what, add);
  ofDeprecation(deprecated, what, add);
}

function ofType(name: string, schema: SchemaDocument, key: string, add: Add): void {
  ofValues(schema, codeCell(name), key, add);
  for (const [field, of] of Object.entries(schema.properties ?? {})) {
    const what = `field ${codeCell(field)} of ${codeCell(name)}`;
    add(readVersion(sinceFor(of['x-since'], key)), `${what} added`);
    ofForms(of['x-was'] ?? [], what, add);
    ofValues(of, what, key, add);
    ofDeprecation(typeof of.deprecated === 'object' ? (of.deprecated as DeprecationDocument) : undefined, what, add);
  }
}

function ofValues(schema: SchemaDocument, what: string, key: string, add: Add): void {
  for (const [value, since] of Object.entries(schema['x-enum-since'] ?? {}))
    add(readVersion(sinceFor(since, key)), `${what}: value ${codeCell(value)} added`);
  if (schema.items !== undefined) ofValues(schema.items, what, key, add);
}

function ofForms(forms: readonly EarlierForm[], what: string, add: Add): void {
  for (const { before, required, schema } of forms) {
    if (required === true) add(readVersion(before), `${what}: no longer required`);
    if (schema !== undefined) add(readVersion(before), `${what}: type or limits changed`);
  }
}

function ofDeprecation(deprecated: DeprecationDocument | null | undefined, what: string, add: Add): void {
  if (deprecated) add(readVersion(deprecated.since), `${what} deprecated${deprecationText(deprecated)}`);
}

/** Writes what a deprecation says beside its version: `: use list; removed in 2.0`. */
export function deprecationText({ use, removeIn, why }: DeprecationDocument): string {
  const parts = [use && `use ${codeCell(use)}`, why && prose(why), removeIn && `removed in ${removeIn}`].filter(Boolean);
  return parts.length === 0 ? '' : `: ${parts.join('; ')}`;
}
