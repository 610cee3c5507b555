/** Counts what a comparison or a check looked at. */
import type { Snapshot } from '../document/snapshot';
import { RULES, scopeOf } from '../rules/catalogue';

/** How much was looked at, of both documents together. */
export interface LookedAt {
  readonly endpoints: number;
  readonly methods: number;
  readonly types: number;
  readonly releases: number;
  /** How many rules could have fired. */
  readonly rules: number;
}

/** Counts the elements of documents, each once however many documents have it. */
export function lookedAt(...snapshots: readonly Snapshot[]): LookedAt {
  const names = (listed: (snapshot: Snapshot) => readonly string[]) => new Set(snapshots.flatMap(listed)).size;
  const scopes = snapshots.length > 1 ? ['diff'] : ['lint'];
  return {
    endpoints: names(({ endpoints }) => Object.keys(endpoints)),
    methods: names(({ endpoints }) =>
      Object.entries(endpoints).flatMap(([key, { methods }]) => Object.keys(methods).map((name) => `${key}/${name}`)),
    ),
    types: names(({ types = {} }) => Object.keys(types)),
    releases: names(({ releases = {} }) =>
      Object.entries(releases).flatMap(([key, recorded]) => Object.keys(recorded).map((version) => `${key}#${version}`)),
    ),
    rules: RULES.filter((rule) => scopes.includes(scopeOf(rule))).length,
  };
}
