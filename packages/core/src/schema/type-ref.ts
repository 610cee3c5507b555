/** The type of an argument, field or result, as decorators and reflection tell it. */
import { quote } from '../errors/quote';
import { type Class, type ExpressionParts, partsOf } from './type-token';
import type { ValueKind } from './value-kinds';

/** A type that Concord can check and describe. */
export type TypeRef =
  | { readonly kind: ValueKind | 'unchecked' }
  | { readonly kind: 'class'; readonly type: Class }
  | { readonly kind: 'array'; readonly items: TypeRef }
  | TaggedUnion;

/** One class of a union, and the value of the union's property that names it. */
export interface TaggedMember {
  readonly name: string;
  readonly type: Class;
}

/** A union of DTO classes. Every value on the wire has the property, which holds the name of its member. */
export interface TaggedUnion {
  readonly kind: 'tagged';
  /** The discriminator. */
  readonly property: string;
  readonly members: readonly TaggedMember[];
  /** True if instances have the property too. A class that declares the property as a field always has it. */
  readonly keepsTag: boolean;
}

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
  const parts = partsOf(token);
  if (parts !== undefined) return expressionRef(parts);
  if (typeof token === 'object') return enumRef(token as object);
  return { kind: 'unknown', why: `${String(token)} is not a type` };
}

function expressionRef({ property, members: named }: ExpressionParts): TypeRef | UnknownType {
  const members: TaggedMember[] = [];
  for (const [name, token] of Object.entries(named)) {
    const member = typeRefOf(token);
    if (member.kind !== 'class') {
      const why = member.kind === 'unknown' ? member.why : 'it is not a DTO class';
      return { kind: 'unknown', why: `oneOf cannot tell ${name} apart: ${why}` };
    }
    members.push({ name, type: member.type });
  }
  const problem = problemOfMembers(property, members);
  return problem === undefined ? { kind: 'tagged', property, members, keepsTag: true } : { kind: 'unknown', why: problem };
}

/** Returns the reason why a property cannot tell classes apart; `undefined` if it can. */
export function problemOfMembers(property: unknown, members: readonly TaggedMember[]): string | undefined {
  if (typeof property !== 'string' || property === '' || property === '__proto__') {
    return `a union has the property ${quote(property)}: write the name of a property`;
  }
  if (members.length === 0) return 'a union has no class: name at least one';
  for (const [index, { name, type }] of members.entries()) {
    if (typeof name !== 'string' || name === '') return `a union has a class called ${quote(name)}: write a name`;
    const others = members.slice(0, index);
    if (others.some((other) => other.name === name)) return `a union has two classes called ${quote(name)}: rename one`;
    const same = others.find((other) => other.type === type);
    if (same !== undefined)
      return `a union names ${type.name} ${quote(same.name)} and ${quote(name)}: write a class for each name`;
  }
  return undefined;
}

/** Returns the type of an enum's values: swc reflects an imported enum as the enum object, tsc as String or Number. */
function enumRef(values: object): TypeRef {
  return { kind: Object.values(values).every((value) => typeof value === 'string') ? 'string' : 'number' };
}

/** Returns the classes that a type names, in arrays of any depth. */
export function classesIn(type: TypeRef): readonly Class[] {
  if (type.kind === 'class') return [type.type];
  if (type.kind === 'tagged') return type.members.map((member) => member.type);
  return type.kind === 'array' ? classesIn(type.items) : [];
}

/** Returns the union that a type is, or that the items of its lists are; `undefined` if it is none. */
export function unionIn(type: TypeRef): TaggedUnion | undefined {
  if (type.kind === 'tagged') return type;
  return type.kind === 'array' ? unionIn(type.items) : undefined;
}

function nameOf(token: unknown): string {
  return typeof token === 'function' ? token.name : String(token);
}
