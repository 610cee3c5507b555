/** What a rule is: a row with its purpose, its severities, who is hurt, and the check of one kind of subject. */
import type { ObservationFacts, ObservationKind } from '../walk/observation';

/** How bad a finding is. */
export type Severity = 'error' | 'warn' | 'info';

/** What breaks: peers at run time, TypeScript that is compiled again, or nothing but the meaning. */
export type Category = 'wire' | 'source' | 'semantic';

/** Who is hurt: old clients with new servers, new clients with old servers. */
export type Hurts = 'old clients' | 'new clients' | 'both' | 'nobody';

/** What a change may cost. A finding whose bump is major is a break inside its major. */
export type Bump = 'minor' | 'major' | 'none';

/** One rule over one kind of subject. */
export interface Rule<K extends ObservationKind = ObservationKind> {
  /** Stable: never renamed, never used for another thing. */
  readonly id: string;
  /** What it finds. */
  readonly purpose: string;
  readonly severity: Readonly<Partial<Record<Category, Severity>>>;
  readonly hurts: Hurts;
  readonly bump: Bump;
  /** Before and after, in short. */
  readonly example: string;
  /** What happens to who is hurt. `{name}` is what the finding is about, `{next}` the endpoint's next major, `{now}` the version of what is new in it. */
  readonly harm: string;
  /** What to do about it; with the same names. */
  readonly fix: string;
  /** Set on rules of inputs that accept more: without a `was` a further finding says so. */
  readonly needsGate?: boolean;
  readonly on: K;
  readonly check: (subject: ObservationFacts[K]) => boolean;
}

/** A rule whatever it looks at. */
export type AnyRule = { [K in ObservationKind]: Rule<K> }[ObservationKind];

/** Rows of rules over one kind of subject. */
export function rulesOn<K extends ObservationKind>(on: K, rows: readonly Omit<Rule<K>, 'on'>[]): readonly AnyRule[] {
  return rows.map((row) => ({ ...row, on }) as unknown as AnyRule);
}

/** Whether a pair shows something new. */
export function isAdded(pair: { readonly before: unknown; readonly after: unknown }): boolean {
  return pair.before === undefined && pair.after !== undefined;
}

/** Whether a pair shows something gone. */
export function isRemoved(pair: { readonly before: unknown; readonly after: unknown }): boolean {
  return pair.before !== undefined && pair.after === undefined;
}

/** Whether a pair shows something that stayed. */
export function isKept(pair: { readonly before: unknown; readonly after: unknown }): boolean {
  return pair.before !== undefined && pair.after !== undefined;
}
