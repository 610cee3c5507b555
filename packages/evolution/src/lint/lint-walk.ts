/** The state of a walk over one contract, and reports of versions and deprecations. */
import type { ContractDocument } from '@concord-rpc/core';
import type { DeprecationDocument, Version } from '@concord-rpc/core/engine';
import { readVersion } from '../document/versions';
import type { ObservationListener } from '../walk/walk';

/** The state of the walk. */
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

/** Reports a `since`, if there is one. */
export function lintSince(walk: LintWalk, path: string, since: string | undefined, parent?: Version): void {
  if (since === undefined) return;
  const { major, version: endpoint } = walk;
  walk.listen({
    kind: 'declaredSince',
    path,
    before: undefined,
    after: since,
    since: readVersion(since),
    major,
    endpoint,
    parent,
  });
}

/** Reports a deprecation, if there is one. */
export function lintRemoval(walk: LintWalk, path: string, deprecated: DeprecationDocument | undefined): void {
  if (deprecated === undefined) return;
  const { major, version: endpoint } = walk;
  walk.listen({ kind: 'removal', path, before: undefined, after: deprecated, major, endpoint });
}
