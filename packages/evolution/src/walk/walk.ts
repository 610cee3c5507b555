/** What the comparison of one endpoint needs everywhere: both sides, what was visited, whom to tell. */
import { type EarlierForm, type SchemaDocument, type Version } from '@concord-rpc/core';
import { namedIn, type TypeTable } from '../document/type-reference';
import { effectiveSince, isOlder, readVersion } from '../document/versions';
import type { Observation, ValueDirection } from './observation';

/** One side of a comparison. */
export interface ComparedSide {
  /** `Name@major`. */
  readonly key: string;
  /** `undefined` if the document says none that can be read. */
  readonly version: Version | undefined;
  readonly types: TypeTable;
}

/** The definition of a named type, and which way its values go. */
export interface Within {
  readonly type: string;
  readonly direction: ValueDirection;
}

/** Receives each observation of a walk, and the named type whose definition it lies in. */
export type ObservationListener = (observation: Observation, within?: Within) => void;

/** The comparison of one endpoint with what it was. */
export interface Walk {
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  /** The named type whose definition is compared just now. */
  within: Within | undefined;
  /** The named types that differ, or reach one that does. */
  readonly changed: ReadonlySet<string>;
  /** Pairs of named types, each with a direction, that were looked at. */
  readonly visited: Set<string>;
  readonly report: (subject: Observation) => void;
}

/** Whether something is written as it was, and so are the types that its schemas name: then there is nothing to tell of it. */
export function isUntouched(walk: Walk, before: unknown, after: unknown, schemas: readonly SchemaDocument[]): boolean {
  if (walk.before.key !== walk.after.key || JSON.stringify(before) !== JSON.stringify(after)) return false;
  return [...namedIn(schemas)].every((type) => !walk.changed.has(type));
}

/** Something new: what it is, and since when it says that it is there. */
interface Addition {
  readonly element: unknown;
  readonly since: string | undefined;
  /** Whether another rule says what is to be said if it claims nothing. */
  readonly mayLackSince?: boolean;
}

/** Says of something new which version it claims to be from. */
export function reportAddition(walk: Walk, path: string, { element, since, mayLackSince = false }: Addition): void {
  walk.report({ kind: 'addition', path, before: undefined, after: element, since, from: walk.before.version, mayLackSince });
}

/** Says of something that stayed which version it claimed and claims to be from. */
export function reportSince(walk: Walk, path: string, before: string | undefined, after: string | undefined): void {
  const from = effectiveSince(before, walk.before.key);
  const to = effectiveSince(after, walk.after.key);
  if (from !== undefined && to !== undefined) walk.report({ kind: 'since', path, before, after, from, to });
}

/** Whether one of the entries says how it was just before a version that is new here. */
export function isGated(walk: Walk, entries: readonly EarlierForm[]): boolean {
  return entries.some(({ before }) => {
    const version = readVersion(before);
    return isOlder(walk.before.version, version) && !isOlder(walk.after.version, version);
  });
}
