/** The type of an argument, field or result, as far as decorators and reflection tell. */
import type { ValueKind } from './value-kinds';

/** Any class, abstract ones too. */
export type Class<T = unknown> = abstract new (...args: never[]) => T;

/** How a user names a type: `String`, `Number`, `Boolean`, `Date`, `Uint8Array` or `Buffer`, a DTO class, `[T]` for an array of it, or `() => T` where T is defined later. */
export type TypeToken = Class | readonly [TypeToken] | (() => TypeToken);

/** A type that Concord knows how to check and to describe. */
export type TypeRef =
  | { readonly kind: ValueKind | 'unchecked' }
  | { readonly kind: 'class'; readonly type: Class }
  | { readonly kind: 'array'; readonly items: TypeRef };

/** Why a type cannot be part of a contract. */
export interface UnknownType {
  readonly kind: 'unknown';
  readonly why: string;
}

/** A type about which nothing is known and nothing is checked. */
export const UNCHECKED: TypeRef = { kind: 'unchecked' };

const SINGLE = new Map<unknown, TypeRef>([
  [String, { kind: 'string' }],
  [Number, { kind: 'number' }],
  [Boolean, { kind: 'boolean' }],
  [Date, { kind: 'date' }],
  [Uint8Array, { kind: 'bytes' }],
  [Buffer, { kind: 'bytes' }],
]);

/** What reflection writes where the type was erased: an interface, a union, `any`, `import type`, an array's items. */
const ERASED = new Set<unknown>([Object, Function, Array, Promise, undefined, null]);

/** What is a class of its own and no codec carries. */
const NOT_CARRIED = new Set<unknown>([Map, Set, RegExp, BigInt, Symbol, ArrayBuffer]);

/** The type that a token or reflected `design:type` names, or why it names none. */
export function typeRefOf(token: unknown): TypeRef | UnknownType {
  const single = SINGLE.get(token);
  if (single !== undefined) return single;
  if (ERASED.has(token)) {
    return {
      kind: 'unknown',
      why: `its type is erased at run time (${token === undefined ? 'nothing' : nameOf(token)} is all that is left)`,
    };
  }
  if (NOT_CARRIED.has(token)) return { kind: 'unknown', why: `no codec carries ${nameOf(token)}` };
  if (Array.isArray(token)) {
    if (token.length !== 1) return { kind: 'unknown', why: 'an array type is written [Item], with one item type' };
    const items = typeRefOf(token[0]);
    return items.kind === 'unknown' ? items : { kind: 'array', items };
  }
  if (typeof token === 'function') {
    return token.prototype === undefined ? typeRefOf(token()) : { kind: 'class', type: token as Class };
  }
  if (typeof token === 'object') return enumRef(token as object);
  return { kind: 'unknown', why: `${String(token)} is not a type` };
}

/** swc reflects an imported enum as the enum object, tsc as String or Number: here both are the latter. */
function enumRef(values: object): TypeRef {
  return { kind: Object.values(values).every((value) => typeof value === 'string') ? 'string' : 'number' };
}

/** The classes that a type names, at any depth of arrays. */
export function classIn(type: TypeRef): Class | undefined {
  if (type.kind === 'class') return type.type;
  return type.kind === 'array' ? classIn(type.items) : undefined;
}

function nameOf(token: unknown): string {
  return typeof token === 'function' ? token.name : String(token);
}
