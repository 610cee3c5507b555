/** What the walk over one contract needs everywhere, and how it tells of claims and announcements. */
import { type ContractDocument, type DeprecationDocument, type Version } from '@concord-rpc/core';
import { readVersion } from '../document/versions';
import type { ObservationListener } from '../walk/walk';

/** What the walk needs everywhere. */
export interface LintWalk {
  readonly snapshot: ContractDocument;
  readonly key: string;
  readonly major: number;
  readonly version: Version | undefined;
  /** The endpoints that reach each named type. */
  readonly sharers: ReadonlyMap<string, readonly string[]>;
  readonly visited: Set<string>;
  readonly listen: ObservationListener;
}

/** Tells what a `since` claims, where one is written. */
export function lintClaim(walk: LintWalk, path: string, since: string | undefined, parent?: Version): void {
  if (since === undefined) return;
  const { major, version: endpoint } = walk;
  walk.listen({ kind: 'claim', path, before: undefined, after: since, since: readVersion(since), major, endpoint, parent });
}

/** Tells what a deprecation announces. */
export function lintRemoval(walk: LintWalk, path: string, deprecated: DeprecationDocument | undefined): void {
  if (deprecated === undefined) return;
  const { major, version: endpoint } = walk;
  walk.listen({ kind: 'removal', path, before: undefined, after: deprecated, major, endpoint });
}
