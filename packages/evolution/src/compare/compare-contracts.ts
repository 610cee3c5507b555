/** Compares two contract documents, endpoint by endpoint: what each comparison finds is told to the endpoint's own listener. */
import type { ContractDocument, EndpointDocument } from '@concord-rpc/core';
import { typesOf } from '../document/type-reference';
import { parseEndpointKey, readVersion } from '../document/versions';
import type { ObservationListener, Walk } from '../walk/walk';
import { changedTypes } from './changed-types';
import { compareMethods } from './compare-endpoint';

/** Two documents that are compared. */
export interface Documents {
  readonly before: ContractDocument;
  readonly after: ContractDocument;
  /** The named types that differ, or reach one that does. */
  readonly changed: ReadonlySet<string>;
}

/** Two documents, with what of their types differs found once for all endpoints. */
export function documentsOf(before: ContractDocument, after: ContractDocument): Documents {
  return { before, after, changed: changedTypes(typesOf(before), typesOf(after)) };
}

/** An endpoint as one document or both know it. */
export interface EndpointPair {
  readonly key: string;
  readonly before: EndpointDocument | undefined;
  readonly after: EndpointDocument | undefined;
}

/** Every endpoint of either document, by key; also one of which only releases are left. */
export function endpointPairs(before: ContractDocument, after: ContractDocument): EndpointPair[] {
  const tables = [before.endpoints, after.endpoints, before.releases ?? {}];
  const keys = new Set(tables.flatMap((table) => Object.keys(table)));
  return [...keys].sort().map((key) => ({
    key,
    before: Object.hasOwn(before.endpoints, key) ? before.endpoints[key] : undefined,
    after: Object.hasOwn(after.endpoints, key) ? after.endpoints[key] : undefined,
  }));
}

/** Tells what an endpoint shows, and, if both documents have it, all that is inside it. */
export function compareEndpoint(documents: Documents, pair: EndpointPair, listen: ObservationListener): void {
  const { before, after } = documents;
  const { key, before: old, after: now } = pair;
  const { name } = parseEndpointKey(key);
  compareReleases(before, after, key, listen);
  if (old === undefined && now === undefined) return;
  const other = now === undefined ? after : before;
  const otherMajor = Object.keys(other.endpoints).some((each) => each !== key && parseEndpointKey(each).name === name);
  listen({ kind: 'endpoint', path: key, before: old, after: now, otherMajor });
  if (old === undefined || now === undefined) return;
  const [from, to] = [readVersion(old.version), readVersion(now.version)];
  if (from !== undefined && to !== undefined) {
    listen({ kind: 'versions', path: key, before: old.version, after: now.version, from, to });
  }
  compareMethods(walkOf(documents, { key, old, now, oldKey: key }, listen), old, now);
}

/** Tells what became of each recorded hash of one endpoint's releases. */
export function compareReleases(
  before: ContractDocument,
  after: ContractDocument,
  key: string,
  listen: ObservationListener,
): void {
  const now = after.releases?.[key] ?? {};
  for (const [version, hash] of Object.entries(before.releases?.[key] ?? {})) {
    const kept = Object.hasOwn(now, version) ? now[version] : undefined;
    listen({ kind: 'release', path: `${key}#${version}`, before: hash, after: kept });
  }
}

/** Begins the comparison of two endpoints. */
export function walkOf(
  { before, after, changed }: Documents,
  { key, oldKey, old, now }: { key: string; oldKey: string; old: EndpointDocument; now: EndpointDocument },
  listen: ObservationListener,
): Walk {
  const walk: Walk = {
    before: { key: oldKey, version: readVersion(old.version), types: typesOf(before) },
    after: { key, version: readVersion(now.version), types: typesOf(after) },
    within: undefined,
    changed,
    visited: new Set(),
    report: (subject) => listen(subject, walk.within),
  };
  return walk;
}
