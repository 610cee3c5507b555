/** Reads the type and the limits that `@Arg` or `@Field` states, and checks that they fit each other. */
import type { ArgLimits, FieldOptions } from '../decorators/decorator-options';
import { quote } from '../errors/quote';
import { kindOfLimit, LIMIT_KEYWORDS, problemOfLimits } from '../schema/limits';
import { typeRefOf } from '../schema/read-type';
import type { SchemaKeywords } from '../schema/shape';
import { presentType, type TypeRef, type UnknownType } from '../schema/type-ref';
import { enumValues } from '../schema/type-token';
import { VALUE_KINDS, type ValueKind } from '../schema/value-kinds';
import type { SchemaSide } from '../standard/schema-ref';

/** Returns the type that options state; without a statement, the reflected one. `side`: the values that schemas of libraries describe. */
export function statedType(options: FieldOptions, reflected: unknown, side?: SchemaSide): TypeRef | UnknownType {
  return typeRefOf(options.type ?? typeOfList(options) ?? reflected, side);
}

/** Returns the limits among the options; `undefined` if there are none. */
export function limitsIn(options: FieldOptions): SchemaKeywords | undefined {
  const given = Object.entries(options).filter(
    ([key, value]) => value !== undefined && (key === 'enum' || LIMIT_KEYWORDS.includes(key)),
  );
  return given.length === 0 ? undefined : withLists(Object.fromEntries(given));
}

/** Returns limits with the values of an enum object in a list. */
function withLists({ enum: values, items, ...limits }: SchemaKeywords): SchemaKeywords {
  return {
    ...limits,
    ...(values !== undefined && { enum: enumValues(values) ?? values }),
    ...(items !== undefined && {
      items: typeof items === 'object' && items !== null ? withLists(items as SchemaKeywords) : items,
    }),
  };
}

/** Returns the type of the values in `enum`: compilers disagree on the type that they reflect for an enum. */
function typeOfList({ enum: listed }: ArgLimits): unknown {
  const values = enumValues(listed);
  return values && (values.every((value) => typeof value === 'string') ? String : Number);
}

/** Returns the reason why limits do not fit a type; `undefined` if they fit. */
export function problemWithLimits({ enum: values, ...limits }: SchemaKeywords, declared: TypeRef): string | undefined {
  const type = presentType(declared);
  if (type.kind === 'unchecked') return 'has limits and is unchecked: state its type';
  if (type.kind === 'schema') return 'has limits beside its schema: write them in the schema';
  if (values !== undefined) {
    const { is } = VALUE_KINDS[type.kind as ValueKind] ?? { is: () => false };
    const isList = Array.isArray(values) && values.length > 0 && values.every(is);
    if (!isList) return `has enum ${quote(values)}, which must be a list of values of its type`;
  }
  const alone = limitsAlone(limits);
  const problem = Object.keys(alone).length === 0 ? undefined : problemOfLimits(alone);
  if (problem !== undefined) return `has limits, but ${problem}`;
  const other = Object.keys(limits).find((keyword) => kindOfLimit(keyword) !== type.kind);
  if (other !== undefined) return `has ${other}, which is a limit of ${NAMES[kindOfLimit(other)]}`;
  const { items } = limits as { readonly items?: SchemaKeywords };
  return items !== undefined && type.kind === 'array' ? problemWithLimits(items, type.items) : undefined;
}

const NAMES = { number: 'a number', string: 'a string', array: 'an array' };

/** Returns the limits without the `enum` of items, which is a list and not a limit. */
function limitsAlone({ items, ...limits }: SchemaKeywords): SchemaKeywords {
  if (typeof items !== 'object' || items === null) return items === undefined ? limits : { ...limits, items };
  const { enum: values, ...rest } = items as SchemaKeywords;
  return values !== undefined && Object.keys(rest).length === 0 ? limits : { ...limits, items: limitsAlone(rest) };
}
