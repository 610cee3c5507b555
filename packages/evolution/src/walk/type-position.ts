/** A position in a contract where values of a type go one way, and how subjects are reported there. */
import type { EarlierForm, SchemaDocument } from '@concord-rpc/core';
import type { Gate, ObservationFacts, ObservationKind, ValueDirection } from './observation';
import { isGated, type Walk } from './walk';

/** Where a comparison stands. */
export interface TypePosition {
  readonly path: string;
  readonly direction: ValueDirection;
  /** How it was before, as said here or around it, up to the named type that it is written in. */
  readonly was: readonly EarlierForm[];
  /** Whether null was compared for the union that this is a member of: it is lifted out of the whole. */
  readonly isNullLifted?: boolean;
}

/** A part of a place: a field, the items, a union's member. */
export function placeIn(place: TypePosition, suffix: string): TypePosition {
  return { path: `${place.path}${suffix}`, direction: place.direction, was: place.was };
}

/** A member of the union at a place, under its name where there are several. */
export function memberIn(place: TypePosition, name?: string): TypePosition {
  return { ...place, path: name === undefined ? place.path : `${place.path}|${name}`, isNullLifted: true };
}

/** The same place, with what its schema says of how it was. */
export function withWas(place: TypePosition, schema: SchemaDocument): TypePosition {
  const was = schema['x-was'];
  return was === undefined ? place : { ...place, was: [...place.was, ...was] };
}

/** A place with both of its schemas: where facets are compared. */
export interface TypeComparison {
  readonly walk: Walk;
  readonly place: TypePosition;
  readonly before: SchemaDocument;
  readonly after: SchemaDocument;
}

/** The kinds of subjects at a place. */
type TypedKind = {
  [K in ObservationKind]: ObservationFacts[K] extends { direction: ValueDirection; gate: Gate } ? K : never;
}[ObservationKind];

/** Reports a subject at a place, or at a part of it. */
export function reportAt<K extends TypedKind>(
  { walk, place, before, after }: TypeComparison,
  kind: K,
  facts: Omit<ObservationFacts[K], 'direction' | 'gate'>,
  suffix = '',
): void {
  const gate: Gate = { isGated: isGated(walk, place.was), before, after };
  walk.report({ kind, path: `${place.path}${suffix}`, direction: place.direction, gate, ...facts } as never);
}
