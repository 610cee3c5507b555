/** The type of an argument, field or result, as decorators and reflection tell it. */
import type { ValueKind } from './value-kinds';

/** Any class, abstract ones too. */
export type Class<T = unknown> = abstract new (...args: never[]) => T;

/** A type as users write it: `String`, `Number`, `Boolean`, `Date`, `Uint8Array` or `Buffer`, a DTO class, `[T]` for an array, or `() => T` if T is defined later. */
export type TypeToken = Class | readonly [TypeToken] | (() => TypeToken);

/** A type that Concord can check and describe. */
export type TypeRef =
  | { readonly kind: ValueKind | 'unchecked' }
  | { readonly kind: 'class'; readonly type: Class }
  | { readonly kind: 'array'; readonly items: TypeRef };

/** A type that cannot be part of a contract, and the reason. */
export interface UnknownType {
  readonly kind: 'unknown';
  readonly why: string;
}

/** The type of values that are not checked. */
export const UNCHECKED: TypeRef = { kind: 'unchecked' };

const SINGLE = new Map<unknown, TypeRef>([
  [String, { kind: 'string' }],
  [Number, { kind: 'number' }],
  [Boolean, { kind: 'boolean' }],
  [Date, { kind: 'date' }],
  [Uint8Array, { kind: 'bytes' }],
  [Buffer, { kind: 'bytes' }],
]);

/** The reason why a type that a decorator names is undefined. */
export const CIRCULAR =
  'the type is undefined where the decorator runs, because its module is imported in a circle: write () => Item in its place';

/** The types that reflection gives for an interface, a union, `any`, `import type` and an array's items. */
const ERASED = new Set<unknown>([Object, Function, Array, Promise, undefined, null]);

/** Classes of values that no codec carries. */
const NOT_CARRIED = new Set<unknown>([Map, Set, RegExp, BigInt, Symbol, ArrayBuffer]);

/** Returns the type of a token or of a reflected `design:type`, or the reason why it is not a type. */
export function typeRefOf(token: unknown): TypeRef | UnknownType {
  const single = SINGLE.get(token);
  if (single !== undefined) return single;
  if (ERASED.has(token)) {
    return {
      kind: 'unknown',
      why: `its type is erased at run time (reflection gives ${token === undefined ? 'nothing' : `only ${nameOf(token)}`})`,
    };
  }
  if (NOT_CARRIED.has(token)) return { kind: 'unknown', why: `no codec carries ${nameOf(token)}` };
  if (Array.isArray(token)) {
    if (token.length === 1 && token[0] === undefined) return { kind: 'unknown', why: CIRCULAR };
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

/** Returns the type of an enum's values: swc reflects an imported enum as the enum object, tsc as String or Number. */
function enumRef(values: object): TypeRef {
  return { kind: Object.values(values).every((value) => typeof value === 'string') ? 'string' : 'number' };
}

/** Returns the class that a type names, in arrays of any depth; `undefined` if it names no class. */
export function classIn(type: TypeRef): Class | undefined {
  if (type.kind === 'class') return type.type;
  return type.kind === 'array' ? classIn(type.items) : undefined;
}

function nameOf(token: unknown): string {
  return typeof token === 'function' ? token.name : String(token);
}
