/** Walks one endpoint of one contract, and reports what the rules of one contract check. */

import type { ContractDocument } from '@concord-rpc/core';
import {
  type ArgDocument,
  compareVersions,
  type EndpointDocument,
  type MethodDocument,
  type Version,
} from '@concord-rpc/core/engine';
import { isOptional } from '../document/optional-argument';
import { collectTypes, schemasIn, typesOf } from '../document/type-reference';
import { effectiveSince, firstSince, parseEndpointKey, readVersion } from '../document/versions';
import type { ObservationListener } from '../walk/walk';
import { lintSchema } from './lint-schema';
import { type LintWalk, lintRemoval, lintSince } from './lint-walk';

/** Returns the endpoints that reach each named type of a document. */
export function sharersOf(snapshot: ContractDocument): ReadonlyMap<string, readonly string[]> {
  const sharers = new Map<string, string[]>();
  for (const [key, { methods }] of Object.entries(snapshot.endpoints)) {
    const types = new Set<string>();
    for (const schema of Object.values(methods).flatMap((method) => schemasIn(method))) {
      collectTypes(schema, typesOf(snapshot), types);
    }
    for (const type of types) sharers.set(type, [...(sharers.get(type) ?? []), key]);
  }
  return sharers;
}

/** Reports every observation of one endpoint. */
export function lintEndpoint(
  snapshot: ContractDocument,
  key: string,
  sharers: LintWalk['sharers'],
  listen: ObservationListener,
): void {
  const endpoint = snapshot.endpoints[key]!;
  const { major } = parseEndpointKey(key);
  listen({ kind: 'declaration', path: key, before: undefined, after: endpoint, major });
  listen({ kind: 'subject', path: key, before: takenBy(snapshot, key), after: key });
  const version = readVersion(endpoint.version);
  const walk: LintWalk = {
    snapshot,
    key,
    major,
    version: version?.major === major ? version : undefined,
    sharers,
    visited: new Set(),
    listen,
  };
  for (const [name, method] of Object.entries(endpoint.methods)) lintMethod(walk, `${key}/${name}`, method);
}

/** Returns the first endpoint before this one, by name, with the same subjects. */
function takenBy({ endpoints }: ContractDocument, key: string): string | undefined {
  const subject = subjectOf(key, endpoints[key]!);
  return Object.keys(endpoints)
    .sort()
    .find((other) => other < key && subjectOf(other, endpoints[other]!) === subject);
}

function subjectOf(key: string, { exchange = 'default', topic, namespace }: EndpointDocument): string {
  return JSON.stringify([exchange, topic, namespace ?? null, parseEndpointKey(key).major]);
}

function lintMethod(walk: LintWalk, path: string, method: MethodDocument): void {
  const parent = firstSince(method, walk.key);
  lintSince(walk, path, method.since);
  for (const [alias, since] of Object.entries(method.aliasSince ?? {})) lintSince(walk, `${path}~${alias}`, since);
  lintRemoval(walk, path, method.deprecated);
  lintArguments(walk, `${path}/args`, method.args ?? [], parent);
  if (method.returns) lintSchema(walk, `${path}/returns`, method.returns);
  for (const [code, { since, data }] of Object.entries(method.errors ?? {})) {
    lintSince(walk, `${path}/errors/${code}`, since, parent);
    if (data !== undefined) lintSchema(walk, `${path}/errors/${code}`, data);
  }
}

function lintArguments(walk: LintWalk, path: string, args: readonly ArgDocument[], parent: Version | undefined): void {
  const ages = args.map((arg) => ageOf(walk, arg, parent));
  args.forEach((arg, index) => {
    const argumentPath = `${path}/${arg.name}`;
    const age = ages[index];
    lintSince(walk, argumentPath, arg.since, parent);
    lintRemoval(walk, argumentPath, arg.deprecated);
    if (age !== undefined && parent !== undefined && compareVersions(age, parent) > 0) {
      const isBeforeOlder = ages.slice(index + 1).some((later) => later !== undefined && compareVersions(later, age) < 0);
      walk.listen({
        kind: 'lateArgument',
        path: argumentPath,
        before: undefined,
        after: arg,
        isRequired: !isOptional(arg),
        isBeforeOlder,
      });
    }
    lintSchema(walk, argumentPath, arg.schema);
  });
}

/** Returns the version since which callers know an argument. A renamed argument is as old as its method. */
function ageOf({ key }: LintWalk, { since, aliases = [] }: ArgDocument, parent: Version | undefined): Version | undefined {
  if (since === undefined || aliases.length > 0) return parent;
  const own = effectiveSince(since, key);
  return own !== undefined && parent !== undefined && compareVersions(own, parent) < 0 ? parent : own;
}
