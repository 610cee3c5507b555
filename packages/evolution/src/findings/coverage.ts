/** Counts the elements and rules of a comparison or a check. */
import type { ContractDocument } from '@concord-rpc/core';
import { RULES, type Scope, scopeOf } from '../catalogue/catalogue';
import { type SeveritySettings, severityOf } from './severity-settings';

/** Counts of checked elements, over both documents together. */
export interface Coverage {
  readonly endpoints: number;
  readonly methods: number;
  readonly types: number;
  readonly releases: number;
  /** The number of rules that were enabled. */
  readonly rules: number;
}

/** Counts the elements of documents. An element of several documents counts once. */
export function lookedAt(snapshots: readonly ContractDocument[], rules: number): Coverage {
  const names = (listed: (snapshot: ContractDocument) => readonly string[]) => new Set(snapshots.flatMap(listed)).size;
  return {
    endpoints: names(({ endpoints }) => Object.keys(endpoints)),
    methods: names(({ endpoints }) =>
      Object.entries(endpoints).flatMap(([key, { methods }]) => Object.keys(methods).map((name) => `${key}/${name}`)),
    ),
    types: names(({ types = {} }) => Object.keys(types)),
    releases: names(({ releases = {} }) =>
      Object.entries(releases).flatMap(([key, recorded]) => Object.keys(recorded).map((version) => `${key}#${version}`)),
    ),
    rules,
  };
}

/** Returns the ids of the rules of a scope that the settings enable. */
export function rulesIn(scope: Scope, settings: SeveritySettings): readonly string[] {
  return RULES.filter((rule) => scopeOf(rule) === scope && severityOf(rule, '', settings) !== undefined).map(({ id }) => id);
}
