/** A rule: a row with its purpose, severities, affected clients, and the check of one kind of observation. */
import type { ObservationFacts, ObservationKind } from '../walk/observation';

/** The severity of a finding. */
export type Severity = 'error' | 'warn' | 'info';

/**
 * The effect of a change: `wire` breaks peers at run time, `source` breaks TypeScript that is compiled again, `semantic` changes
 * the meaning only.
 */
export type Category = 'wire' | 'source' | 'semantic';

/** The affected clients: old clients on new servers, or new clients on old servers. */
export type Hurts = 'old clients' | 'new clients' | 'both' | 'no client';

/** The version bump that a change requires. `major` is a breaking change inside its major. */
export type Bump = 'minor' | 'major' | 'none';

/** A rule, without the kind of observation that it checks. */
interface RuleRow<K extends ObservationKind> {
  /** Stable: an id is never renamed, and never used for another rule. */
  readonly id: string;
  /** The change or mistake that the rule finds. */
  readonly purpose: string;
  readonly severity: Readonly<Partial<Record<Category, Severity>>>;
  readonly hurts: Hurts;
  readonly bump: Bump;
  /** The element before and after, abbreviated. */
  readonly example: string;
  /**
   * The effect on the affected clients. `{name}` stands for the element of the finding, `{next}` for the next major of the
   * endpoint, `{now}` for the version of new elements, `{release}` for `KEY:VERSION` of a release.
   */
  readonly harm: string;
  /** The remedy, with the same placeholders. */
  readonly fix: string;
  /** Set for inputs that accept more: without a `was` entry `WIDENED_UNGATED` fires too. */
  readonly needsGate?: boolean;
  readonly check: (subject: ObservationFacts[K]) => boolean;
}

/** One rule over one kind of observation. */
export interface Rule<K extends ObservationKind = ObservationKind> extends RuleRow<K> {
  readonly on: K;
}

/** A rule over any kind of observation. */
export type AnyRule = { [K in ObservationKind]: Rule<K> }[ObservationKind];

/** Makes rules of rows over one kind of observation. */
export function rulesOn<K extends ObservationKind>(on: K, rows: readonly RuleRow<K>[]): readonly Rule<K>[] {
  return rows.map((row) => ({ ...row, on }));
}

/** Returns whether a pair shows an added element. */
export function isAdded(pair: { readonly before: unknown; readonly after: unknown }): boolean {
  return pair.before === undefined && pair.after !== undefined;
}

/** Returns whether a pair shows a removed element. */
export function isRemoved(pair: { readonly before: unknown; readonly after: unknown }): boolean {
  return pair.before !== undefined && pair.after === undefined;
}

/** Returns whether a pair shows an element of both contracts. */
export function isKept(pair: { readonly before: unknown; readonly after: unknown }): boolean {
  return pair.before !== undefined && pair.after !== undefined;
}
