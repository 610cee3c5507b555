/** Counts what a comparison or a check looked at. */
import type { ContractDocument } from '@concord-rpc/core';
import { RULES, type Scope, scopeOf } from '../catalogue/catalogue';
import { type SeveritySettings, severityOf } from './severity-settings';

/** How much was looked at, of both documents together. */
export interface Coverage {
  readonly endpoints: number;
  readonly methods: number;
  readonly types: number;
  readonly releases: number;
  /** How many rules could have fired. */
  readonly rules: number;
}

/** Counts the elements of documents, each once however many documents have it. */
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

/** The ids of the rules of a scope that settings leave on. */
export function rulesIn(scope: Scope, settings: SeveritySettings): readonly string[] {
  return RULES.filter((rule) => scopeOf(rule) === scope && severityOf(rule, '', settings) !== undefined).map(({ id }) => id);
}
