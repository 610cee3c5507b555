/** Types as users write them: classes, schemas of libraries, and calls for types that no class names. */
import type { StandardSchema } from '../standard/standard-schema';

/** Any class, abstract ones too. */
export type Class<T = unknown> = abstract new (...args: never[]) => T;

/**
 * A type as users write it: `String`, `Number`, `Boolean`, `Date`, `BigInt`, `Uint8Array` or `Buffer`, a DTO class, a schema that follows
 * Standard Schema, `[T]` for an array, a call such as `nullable(T)`, or `() => T` if T is defined later.
 */
export type TypeToken = Class | BigIntConstructor | StandardSchema | readonly [TypeToken] | TypeExpression | (() => TypeToken);

/** The values of an enum: the enum object of TypeScript, or a list of values. */
export type EnumValues = Readonly<Record<string, string | number>> | readonly (string | number)[];

/** The key under which a type expression has its parts. Several copies of this package understand each other. */
const EXPRESSION = Symbol.for('concord:type');

/** The parts of a type expression. */
export type ExpressionParts =
  | { readonly kind: 'nullable'; readonly of: TypeToken }
  | { readonly kind: 'record'; readonly values: TypeToken }
  | { readonly kind: 'enum'; readonly values: unknown }
  | { readonly kind: 'union'; readonly members: readonly TypeToken[] }
  | { readonly kind: 'tagged'; readonly property: string; readonly members: Readonly<Record<string, TypeToken>> };

/** A type that no class names. `Input` differs from `Value` if it holds a schema whose input differs from its output. */
export interface TypeExpression<Value = unknown, Input = Value> {
  /** `output` and `input` exist for the compiler only. */
  readonly [EXPRESSION]: ExpressionParts & { readonly output?: Value; readonly input?: Input };
}

/** The values before a schema of a library, or after it. All other types have the same values on both sides. */
export type Side = 'input' | 'output';

/** The values of a type as users write it: `string` for `String`, `Port[]` for `[Port]`, `string | null` for `nullable(String)`. */
export type ValueOf<T, S extends Side = 'output'> = TypeToken extends T ? unknown : ValueOfOne<T, S>;

type ValueOfOne<T, S extends Side> = T extends StringConstructor
  ? string
  : T extends NumberConstructor
    ? number
    : T extends BooleanConstructor
      ? boolean
      : T extends BigIntConstructor
        ? bigint
        : T extends Uint8ArrayConstructor
          ? Uint8Array
          : T extends { readonly [EXPRESSION]: { readonly output?: infer Output; readonly input?: infer Input } }
            ? { input: Input; output: Output }[S]
            : T extends { readonly '~standard': { readonly types?: infer Types } }
              ? SchemaValue<Types, S>
              : T extends readonly [infer Item]
                ? ValueOf<Item, S>[]
                : T extends Class<infer Value>
                  ? Value
                  : T extends () => infer Later
                    ? ValueOf<Later, S>
                    : unknown;

type SchemaValue<Types, S extends Side> = NonNullable<Types> extends Readonly<Record<S, infer Value>> ? Value : unknown;

/** The values of an enum object, or of a list of values. */
export type EnumValueOf<E> = E extends readonly (infer Value)[] ? Value : E[keyof E];

/** A type or null: `nullable(String)` is `string | null`. */
export function nullable<const T extends TypeToken>(of: T): TypeExpression<ValueOf<T> | null, ValueOf<T, 'input'> | null> {
  return { [EXPRESSION]: { kind: 'nullable', of } };
}

/** An object with any keys, whose values have one type: `recordOf(Number)` is `Record<string, number>`. */
export function recordOf<const T extends TypeToken>(
  values: T,
): TypeExpression<Record<string, ValueOf<T>>, Record<string, ValueOf<T, 'input'>>> {
  return { [EXPRESSION]: { kind: 'record', values } };
}

/** One of some texts or numbers: `enumOf(Status)` for an enum of TypeScript, `enumOf(['up', 'down'])` for a union of literals. */
export function enumOf<const E extends EnumValues>(values: E): TypeExpression<EnumValueOf<E>> {
  return { [EXPRESSION]: { kind: 'enum', values } };
}

/** A union of types whose values tell them apart: `oneOf(String, Number)` is `string | number`. */
export function oneOf<const T extends readonly [TypeToken, TypeToken, ...TypeToken[]]>(
  ...members: T
): TypeExpression<ValueOf<T[number]>, ValueOf<T[number], 'input'>>;
/**
 * A union of DTO classes that a property tells apart: `oneOf('kind', { disk: Disk, port: Port })`. A value on the wire has the property,
 * and in it the name of its class.
 */
export function oneOf<const M extends Readonly<Record<string, TypeToken>>>(
  property: string,
  members: M,
): TypeExpression<ValueOf<M[keyof M]>>;
export function oneOf(...given: readonly unknown[]): TypeExpression {
  const [property, members] = given;
  if (typeof property !== 'string') return { [EXPRESSION]: { kind: 'union', members: given as readonly TypeToken[] } };
  return { [EXPRESSION]: { kind: 'tagged', property, members: members as Readonly<Record<string, TypeToken>> } };
}

/** Returns the parts of a type expression; `undefined` for any other value. */
export function partsOf(token: unknown): ExpressionParts | undefined {
  return typeof token === 'object' && token !== null && EXPRESSION in token ? (token as TypeExpression)[EXPRESSION] : undefined;
}

/** Returns the values of an enum; `undefined` if these are no values of an enum. TypeScript gives the object of a numeric enum its names too. */
export function enumValues(values: unknown): readonly (string | number)[] | undefined {
  if (typeof values !== 'object' || values === null) return undefined;
  const listed = Array.isArray(values)
    ? (values as unknown[])
    : Object.entries(values).flatMap(([key, value]) => (isReverse(values, key, value) ? [] : [value as unknown]));
  const isSound = listed.every((value) => typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value)));
  return isSound && listed.length > 0 ? [...new Set(listed as (string | number)[])] : undefined;
}

/** Returns whether an entry of an enum object maps a number back to its name. */
function isReverse(values: object, key: string, value: unknown): boolean {
  return (
    String(Number(key)) === key &&
    typeof value === 'string' &&
    (values as Readonly<Record<string, unknown>>)[value] === Number(key)
  );
}
