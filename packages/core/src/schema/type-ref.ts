/** Types of contracts, as Concord checks and describes them. */
import type { SchemaRef } from '../standard/schema-ref';
import type { Class } from './type-token';
import type { ValueKind } from './value-kinds';

/** A type that Concord can check and describe. */
export type TypeRef =
  | { readonly kind: ValueKind | 'unchecked' }
  | { readonly kind: 'class'; readonly type: Class }
  | { readonly kind: 'array'; readonly items: TypeRef }
  | { readonly kind: 'record'; readonly values: TypeRef }
  | { readonly kind: 'nullable'; readonly of: TypeRef }
  | { readonly kind: 'enum'; readonly values: readonly (string | number)[] }
  | { readonly kind: 'union'; readonly members: readonly TypeRef[] }
  | SchemaRef
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
  /** True if the type is stated by a schema of a library. Its reason names what to write. */
  readonly isSchema?: true;
}

/** The type of values that are not checked. */
export const UNCHECKED: TypeRef = { kind: 'unchecked' };

/** Returns the type of a value that is there: the type without null. */
export function presentType(type: TypeRef): TypeRef {
  return type.kind === 'nullable' ? presentType(type.of) : type;
}

/** Returns the type with null; the same type if it accepts null already. */
export function withNull(type: TypeRef): TypeRef {
  return takesNull(type) ? type : { kind: 'nullable', of: type };
}

/** Returns whether null is a value of a type. Where it is none, null counts as left out. */
export function takesNull(type: TypeRef): boolean {
  return type.kind === 'schema' ? type.takesNull : type.kind === 'nullable' || type.kind === 'unchecked';
}

/** Returns the types of the parts of a list, a dictionary, a union of kinds and a type with null. */
export function innerTypes(type: TypeRef): readonly TypeRef[] {
  if (type.kind === 'array') return [type.items];
  if (type.kind === 'record') return [type.values];
  if (type.kind === 'union') return type.members;
  return type.kind === 'nullable' ? [type.of] : [];
}

/** Returns the classes that a type names, in lists and dictionaries of any depth. */
export function classesIn(type: TypeRef): readonly Class[] {
  if (type.kind === 'class') return [type.type];
  if (type.kind === 'tagged') return type.members.map((member) => member.type);
  return innerTypes(type).flatMap(classesIn);
}

/** Returns the type of a value, or of the items if the value is a list: the type whose values `@ValuesSince` names. */
export function listedType(type: TypeRef): TypeRef {
  const present = presentType(type);
  return present.kind === 'array' ? listedType(present.items) : present;
}

/** Returns the union that a type is, or that the items of its lists are; `undefined` if it is none. */
export function unionIn(type: TypeRef): TaggedUnion | undefined {
  const listed = listedType(type);
  return listed.kind === 'tagged' ? listed : undefined;
}
