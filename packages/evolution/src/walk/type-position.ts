/** A position of a type in a contract, with the direction of its values, and reports at that position. */
import type { EarlierForm, SchemaDocument } from '@concord-rpc/core/engine';
import type { Gate, ObservationFacts, ObservationKind, ValueDirection } from './observation';
import { isGated, type Walk } from './walk';

/** The position of a comparison. */
export interface TypePosition {
  readonly path: string;
  readonly direction: ValueDirection;
  /** The earlier forms recorded here and at enclosing positions, up to the definition of the named type. */
  readonly was: readonly EarlierForm[];
  /** True if null was already compared for the union that contains this member. */
  readonly isNullLifted?: boolean;
}

/** Returns a part of a position: a field or the items. */
export function partAt(position: TypePosition, suffix: string): TypePosition {
  return { path: `${position.path}${suffix}`, direction: position.direction, was: position.was };
}

/** Returns the position of a member of a union, with its name if the union has several members. */
export function memberAt(position: TypePosition, name?: string): TypePosition {
  return { ...position, path: name === undefined ? position.path : `${position.path}|${name}`, isNullLifted: true };
}

/** Returns the position with the earlier forms that its schema records. */
export function withEarlierForms(position: TypePosition, schema: SchemaDocument): TypePosition {
  const was = schema['x-was'];
  return was === undefined ? position : { ...position, was: [...position.was, ...was] };
}

/** A position with both of its schemas. */
export interface TypeComparison {
  readonly walk: Walk;
  readonly position: TypePosition;
  readonly before: SchemaDocument;
  readonly after: SchemaDocument;
}

/** The kinds of observations at a position. */
type TypedKind = {
  [K in ObservationKind]: ObservationFacts[K] extends { direction: ValueDirection; gate: Gate } ? K : never;
}[ObservationKind];

/** Reports an observation at a position, or at a part of it. */
export function reportAt<K extends TypedKind>(
  { walk, position, before, after }: TypeComparison,
  kind: K,
  facts: Omit<ObservationFacts[K], 'direction' | 'gate'>,
  suffix = '',
): void {
  const gate: Gate = { isGated: isGated(walk, position.was), before, after };
  walk.report({ kind, path: `${position.path}${suffix}`, direction: position.direction, gate, ...facts } as never);
}
