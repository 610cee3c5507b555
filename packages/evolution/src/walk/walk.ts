/** The state of the comparison of one endpoint: both sides, visited types, the listener. */
import type { EarlierForm, SchemaDocument, Version } from '@concord-rpc/core/engine';
import { namedIn, type TypeTable } from '../document/type-reference';
import { effectiveSince, isOlder, readVersion } from '../document/versions';
import type { Observation, ValueDirection } from './observation';

/** One side of a comparison. */
export interface ComparedSide {
  /** `Name@major`. */
  readonly key: string;
  /** `undefined` if the document has no valid version. */
  readonly version: Version | undefined;
  readonly types: TypeTable;
}

/** The named type whose definition contains an observation, and the direction of its values. */
export interface Within {
  readonly type: string;
  readonly direction: ValueDirection;
}

/** Receives each observation of a walk, and the named type whose definition it lies in. */
export type ObservationListener = (observation: Observation, within?: Within) => void;

/** The comparison of two versions of one endpoint. */
export interface Walk {
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  /** The named type whose definition is being compared. */
  within: Within | undefined;
  /** The named types that differ, or that reach a type that differs. */
  readonly changed: ReadonlySet<string>;
  /** Pairs of named types and directions that were compared. */
  readonly visited: Set<string>;
  readonly report: (subject: Observation) => void;
}

/** Returns whether an element and the types that its schemas refer to are unchanged, so that nothing needs comparing. */
export function isUntouched(walk: Walk, before: unknown, after: unknown, schemas: readonly SchemaDocument[]): boolean {
  if (walk.before.key !== walk.after.key || JSON.stringify(before) !== JSON.stringify(after)) return false;
  return [...namedIn(schemas)].every((type) => !walk.changed.has(type));
}

/** A new element, and its `since`. */
interface Addition {
  readonly element: unknown;
  readonly since: string | undefined;
  /** True if another rule reports a missing `since`. */
  readonly mayLackSince?: boolean;
}

/** Reports a new element with its `since`. */
export function reportAddition(walk: Walk, path: string, { element, since, mayLackSince = false }: Addition): void {
  walk.report({ kind: 'addition', path, before: undefined, after: element, since, from: walk.before.version, mayLackSince });
}

/** Reports the `since` of an element that both contracts have, before and after. */
export function reportSince(walk: Walk, path: string, before: string | undefined, after: string | undefined): void {
  const from = effectiveSince(before, walk.before.key);
  const to = effectiveSince(after, walk.after.key);
  if (from !== undefined && to !== undefined) walk.report({ kind: 'since', path, before, after, from, to });
}

/** Returns whether an entry records the form just before a version that is new here. */
export function isGated(walk: Walk, entries: readonly EarlierForm[]): boolean {
  return entries.some(({ before }) => {
    const version = readVersion(before);
    return isOlder(walk.before.version, version) && !isOlder(walk.after.version, version);
  });
}
