/** Reads types as users write them, and as compilers reflect them. */
import { quote } from '../errors/quote';
import { type SchemaSide, schemaRefOf } from '../standard/schema-ref';
import { isStandardSchema, type StandardSchema } from '../standard/standard-schema';
import { problemOfUnion } from './kind-union';
import { type TaggedMember, type TypeRef, type UnknownType, withNull } from './type-ref';
import { type ExpressionParts, enumValues, partsOf } from './type-token';

const SINGLE = new Map<unknown, TypeRef>([
  [String, { kind: 'string' }],
  [Number, { kind: 'number' }],
  [Boolean, { kind: 'boolean' }],
  [Date, { kind: 'date' }],
  [BigInt, { kind: 'int64' }],
  [Uint8Array, { kind: 'bytes' }],
  [Buffer, { kind: 'bytes' }],
]);

/** The reason why a type that a decorator names is undefined. */
export const CIRCULAR =
  'the type is undefined where the decorator runs, because its module is imported in a circle: write () => Item in its place';

/** The types that reflection gives for an interface, a union, `any`, `import type` and an array's items. */
const ERASED = new Set<unknown>([Object, Function, Array, Promise, undefined, null]);

/** Classes of values that no codec carries. */
const NOT_CARRIED = new Set<unknown>([Map, Set, RegExp, Symbol, ArrayBuffer]);

/**
 * Returns the type of a token or of a reflected `design:type`, or the reason why it is not a type. `side`: the values that schemas of
 * libraries describe.
 */
export function typeRefOf(token: unknown, side: SchemaSide = 'both'): TypeRef | UnknownType {
  const single = SINGLE.get(token);
  if (single !== undefined) return single;
  if (ERASED.has(token)) {
    return unknown(
      `its type is erased at run time (reflection gives ${token === undefined ? 'nothing' : `only ${nameOf(token)}`})`,
    );
  }
  if (NOT_CARRIED.has(token)) return unknown(`no codec carries ${nameOf(token)}`);
  if (Array.isArray(token)) {
    if (token.length === 1 && token[0] === undefined) return unknown(CIRCULAR);
    if (token.length !== 1) return unknown('an array type is written [Item], with one item type');
    return within(token[0], side, (items) => ({ kind: 'array', items }));
  }
  if (isStandardSchema(token)) return ofLibrary(token, side);
  if (typeof token === 'function') {
    return token.prototype === undefined ? typeRefOf(token(), side) : { kind: 'class', type: token as never };
  }
  const parts = partsOf(token);
  if (parts !== undefined) return expressionRef(parts, side);
  if (typeof token === 'object') return enumRef(token as object);
  return unknown(`${String(token)} is not a type`);
}

function ofLibrary(schema: StandardSchema, side: SchemaSide): TypeRef | UnknownType {
  const type = schemaRefOf(schema, side);
  return 'problem' in type ? { ...unknown(type.problem), isSchema: true } : type;
}

function expressionRef(parts: ExpressionParts, side: SchemaSide): TypeRef | UnknownType {
  switch (parts.kind) {
    case 'nullable':
      return within(parts.of, side, withNull);
    case 'record':
      return within(parts.values, side, (values) => ({ kind: 'record', values }));
    case 'enum': {
      const values = enumValues(parts.values);
      return values === undefined
        ? unknown(`${quote(parts.values)} has no texts or numbers, as an enum has`)
        : { kind: 'enum', values };
    }
    case 'tagged':
      return taggedRef(parts);
    case 'union':
      return unionRef(parts.members, side);
  }
}

function unionRef(tokens: readonly unknown[], side: SchemaSide): TypeRef | UnknownType {
  const members = tokens.map((token) => typeRefOf(token, side));
  const lost = members.find((member): member is UnknownType => member.kind === 'unknown');
  if (lost !== undefined) return lost;
  const known = members as readonly TypeRef[];
  const problem = problemOfUnion(known);
  return problem === undefined ? { kind: 'union', members: known } : unknown(problem);
}

function taggedRef({ property, members: named }: ExpressionParts & { readonly kind: 'tagged' }): TypeRef | UnknownType {
  const members: TaggedMember[] = [];
  for (const [name, token] of Object.entries(named)) {
    const member = typeRefOf(token);
    if (member.kind !== 'class') {
      return unknown(`oneOf cannot tell ${name} apart: ${member.kind === 'unknown' ? member.why : 'it is not a DTO class'}`);
    }
    members.push({ name, type: member.type });
  }
  const problem = problemOfMembers(property, members);
  return problem === undefined ? { kind: 'tagged', property, members, keepsTag: true } : unknown(problem);
}

/** Returns the type around the type of a token. */
function within(token: unknown, side: SchemaSide, around: (inner: TypeRef) => TypeRef): TypeRef | UnknownType {
  const inner = typeRefOf(token, side);
  return inner.kind === 'unknown' ? inner : around(inner);
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

function unknown(why: string): UnknownType {
  return { kind: 'unknown', why };
}

function nameOf(token: unknown): string {
  return typeof token === 'function' ? token.name : String(token);
}
