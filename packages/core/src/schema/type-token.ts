/** Types as users write them: classes, and calls for types that no class names. */

/** Any class, abstract ones too. */
export type Class<T = unknown> = abstract new (...args: never[]) => T;

/** A type as users write it: `String`, `Number`, `Boolean`, `Date`, `Uint8Array` or `Buffer`, a DTO class, `[T]` for an array, `oneOf(…)`, or `() => T` if T is defined later. */
export type TypeToken = Class | readonly [TypeToken] | TypeExpression | (() => TypeToken);

/** The key under which a type expression has its parts. Several copies of this package understand each other. */
const EXPRESSION = Symbol.for('concord:type');

/** The parts of a type expression. */
export type ExpressionParts = {
  readonly kind: 'tagged';
  readonly property: string;
  readonly members: Readonly<Record<string, TypeToken>>;
};

/** A type that no class names. */
export interface TypeExpression {
  readonly [EXPRESSION]: ExpressionParts;
}

/**
 * A union of DTO classes that a property tells apart: `oneOf('kind', { disk: Disk, port: Port })`. A value on the wire has the property,
 * and in it the name of its class.
 */
export function oneOf(property: string, members: Readonly<Record<string, TypeToken>>): TypeExpression {
  return { [EXPRESSION]: { kind: 'tagged', property, members } };
}

/** Returns the parts of a type expression; `undefined` for any other value. */
export function partsOf(token: unknown): ExpressionParts | undefined {
  return typeof token === 'object' && token !== null && EXPRESSION in token ? (token as TypeExpression)[EXPRESSION] : undefined;
}
