/** Compares two contract documents endpoint by endpoint, and reports observations to the listener of each endpoint. */
import type { ContractDocument } from '@concord-rpc/core';
import type { EndpointDocument } from '@concord-rpc/core/engine';
import { typesOf } from '../document/type-reference';
import { parseEndpointKey, readVersion } from '../document/versions';
import type { ObservationListener, Walk } from '../walk/walk';
import { changedTypes } from './changed-types';
import { compareMethods } from './compare-endpoint';

/** Two documents to compare. */
export interface Documents {
  readonly before: ContractDocument;
  readonly after: ContractDocument;
  /** The named types that differ, or that reach a type that differs. */
  readonly changed: ReadonlySet<string>;
}

/** Prepares the comparison of two documents. Types that differ are found once for all endpoints. */
export function documentsOf(before: ContractDocument, after: ContractDocument): Documents {
  return { before, after, changed: changedTypes(typesOf(before), typesOf(after)) };
}

/** An endpoint in both documents; `undefined` where a document does not have it. */
export interface EndpointPair {
  readonly key: string;
  readonly before: EndpointDocument | undefined;
  readonly after: EndpointDocument | undefined;
}

/** Returns every endpoint of either document by key, including endpoints for which only releases are recorded. */
export function endpointPairs(before: ContractDocument, after: ContractDocument): EndpointPair[] {
  const tables = [before.endpoints, after.endpoints, before.releases ?? {}];
  const keys = new Set(tables.flatMap((table) => Object.keys(table)));
  return [...keys].sort().map((key) => ({
    key,
    before: Object.hasOwn(before.endpoints, key) ? before.endpoints[key] : undefined,
    after: Object.hasOwn(after.endpoints, key) ? after.endpoints[key] : undefined,
  }));
}

/** Reports the changes of an endpoint and, if both documents have it, of its methods. */
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

/** Reports the hash of each recorded release of an endpoint, before and after. */
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

/** Starts the comparison of two endpoints. */
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
