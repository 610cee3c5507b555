/** Reads the fields of a DTO class from its class-validator decorators: types, optionality and constraints. */
import 'reflect-metadata';
import { type Class, RpcError } from '@concord-rpc/core';
import {
  type FieldShape,
  Mistakes,
  readClass,
  type SchemaKeywords,
  type TypeRef,
  typeRefOf,
  UNCHECKED,
  type UnknownType,
  VALUE_KINDS,
  withNull,
} from '@concord-rpc/core/engine';
import { emptyInstance } from './compile-acceptance';
import { copiedFields } from './decorators/copied-fields';
import { keywordsOf } from './decorators/keywords';
import { classValidator, constraintsOf, type PropertyMetadata, propertyMetadata } from './decorators/libraries';
import { messageOf } from './decorators/messages';
import { namedType } from './decorators/named-type';
import { requireApplied } from './decorators/transformer-marks';
import { conditionsOf } from './field-conditions';
import { statedField } from './stated-field';

/** A field of a DTO class, with the facts that its check needs. */
export interface ReadField extends FieldShape {
  /** True if it has `@ValidateNested()`: its instances are validated with the class. */
  readonly nested: boolean;
  /** The names of a numeric enum, which `@IsEnum` accepts in place of its values; `undefined` if there are none. */
  readonly enumNames?: ReadonlySet<unknown>;
  /** True if no validator checks its type, so that Concord does. */
  readonly typeUnguarded: boolean;
  /** True if `@Field` states its type, so that Concord checks the type and the limits of `@Field`. */
  readonly isStated: boolean;
  /** The limits of `@Field`. */
  readonly limits?: SchemaKeywords;
  /** The limit of `@ArrayMaxSize`; `undefined` without the decorator, or if a condition decides whether it applies. */
  readonly longest: { readonly items: number; message(value: unknown): string } | undefined;
}

const NESTED = 'nestedValidation';
const IS_DATE = 'isDate';
const CONDITION = 'conditionalValidation';
const OPTIONAL = 'isOptional';
const MAX_SIZE = 'arrayMaxSize';
const KEYWORD_TYPES: Readonly<Record<string, TypeRef>> = {
  string: { kind: 'string' },
  number: { kind: 'number' },
  integer: { kind: 'number' },
  boolean: { kind: 'boolean' },
};

/** Caches the fields of classes: reading them searches the decorators of all classes, and a class in use does not change. */
const read = new WeakMap<Class, readonly ReadField[] | undefined>();

/** Returns the fields of a class, sorted by name; `undefined` if the class has no class-validator decorator. */
export function readShape(type: Class): readonly ReadField[] | undefined {
  if (!read.has(type)) read.set(type, fieldsOf(type));
  return read.get(type);
}

function fieldsOf(type: Class): readonly ReadField[] | undefined {
  const metadata = propertyMetadata(type);
  const byName = new Map<string, PropertyMetadata[]>();
  for (const each of metadata) byName.set(each.propertyName, [...(byName.get(each.propertyName) ?? []), each]);
  const mistakes = new Mistakes();
  mistakes.attempt(() => requireApplied(type, byName));
  for (const name of readClass(type)?.stated.keys() ?? []) if (!byName.has(name)) byName.set(name, []);
  if (byName.size === 0) return undefined;
  const copied = copiedFields(byName);
  const needed = metadata.length === 0 ? new Set<string>() : missingFields(type);
  const fields = [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, own]) => mistakes.attempt(() => readField(type, name, { metadata: own, copied, needed })) ?? []);
  mistakes.requireNone(type.name);
  return fields;
}

/** The decorators of a field, the classes that fields were copied from, and the fields that the class requires. */
interface FieldSource {
  readonly metadata: readonly PropertyMetadata[];
  readonly copied: ReadonlyMap<string, Class>;
  readonly needed: ReadonlySet<string>;
}

function readField(type: Class, name: string, { metadata, copied, needed }: FieldSource): ReadField {
  requireEffective(type, name, metadata);
  const nested = metadata.some((each) => each.type === NESTED);
  const guarded = metadata.some((each) => each.type === 'customValidation');
  const keywords = keywordsOf(metadata);
  const marksOf = copied.get(name);
  const common = { name, ...(marksOf && { marksOf }), ...enumNamesOf(metadata), longest: longestOf(type, name, metadata) };
  const conditions = conditionsOf(type, name, metadata);
  const options = readClass(type)?.stated.get(name) ?? (marksOf && readClass(marksOf)?.stated.get(name));
  if (options !== undefined) {
    const stated = statedField(type, name, {
      options,
      optional: conditions.exempts(undefined),
      reflected: reflectedType(marksOf ?? type, name),
    });
    return { ...common, ...stated, keywords: { ...keywords, ...stated.limits } };
  }
  const fieldOf = fieldType(type, name, { metadata, keywords, nested, guarded, reflected: reflectedType(marksOf ?? type, name) });
  return {
    ...common,
    type: fieldOf.kind !== 'unknown' && conditions.takeNull ? withNull(fieldOf) : fieldOf,
    // class-validator accepts a missing nested object; Concord requires it unless a decorator makes it optional
    optional: !needed.has(name) && (!nested || conditions.exempts(undefined)),
    keywords,
    nested,
    typeUnguarded: !guarded && !nested,
    isStated: false,
  };
}

/** Reads the limit of `@ArrayMaxSize`, so that an array with more items is refused before they are built. */
function longestOf(type: Class, name: string, metadata: readonly PropertyMetadata[]): ReadField['longest'] {
  const limits = metadata.filter((each) => each.name === MAX_SIZE && each.each !== true && each.validateIf === undefined);
  const [limit] = limits.sort((a, b) => Number(a.constraints![0]) - Number(b.constraints![0]));
  if (limit === undefined || metadata.some((each) => each.type === CONDITION && each.name !== OPTIONAL)) return undefined;
  const args = { targetName: type.name, property: name, object: type.prototype as object, constraints: limit.constraints };
  const instance = constraintsOf(limit)[0]!.instance;
  return { items: Number(limit.constraints![0]), message: (value) => messageOf(limit, instance, { ...args, value }) };
}

/** TypeScript gives the object of a numeric enum the names too, as values of its numbers. */
function enumNamesOf(metadata: readonly PropertyMetadata[]): Pick<ReadField, 'enumNames'> {
  const names = metadata.flatMap(({ name, constraints }) => {
    if (name !== 'isEnum') return [];
    const [entity, values] = constraints as [object, readonly unknown[]];
    return Object.values(entity).filter((value) => !values.includes(value));
  });
  return names.length === 0 ? {} : { enumNames: new Set(names) };
}

/** The decorators of one field, and the facts read from them. */
interface FieldInput {
  readonly metadata: readonly PropertyMetadata[];
  readonly keywords: SchemaKeywords;
  readonly nested: boolean;
  /** True if a validator checks the value. */
  readonly guarded: boolean;
  readonly reflected: unknown;
}

/** The collections that no codec carries. Validators do not tell them from objects. */
const COLLECTIONS = new Set<unknown>([Map, Set]);

function reflectedType(type: Class, name: string): unknown {
  const reflected: unknown = Reflect.getMetadata('design:type', type.prototype as object, name);
  if (!COLLECTIONS.has(reflected)) return reflected;
  const what = (reflected as Class).name;
  throw new RpcError(
    'invalid_contract',
    `${type.name}.${name} is a ${what}, which no codec carries: write an array${what === 'Map' ? ' of entries, or a Record with @IsObject()' : ''}`,
  );
}

function fieldType(
  type: Class,
  name: string,
  { metadata, keywords, nested, guarded, reflected }: FieldInput,
): TypeRef | UnknownType {
  const isArray = reflected === Array || keywords.type === 'array' || metadata.some(({ each }) => each === true);
  if (nested) {
    const named = namedType(type, name);
    if (named === undefined && isArray) return { kind: 'unknown', why: NO_TYPE };
    const item = named ?? typeRefOf(reflected);
    return isArray && item.kind !== 'unknown' ? { kind: 'array', items: item } : item;
  }
  if (isArray) {
    const ofEach = metadata.filter(({ each }) => each);
    const item = namedType(type, name) ?? UNCHECKED;
    const declared = declaredType(ofEach, keywords.items as SchemaKeywords | undefined);
    return { kind: 'array', items: declared ?? (isSingle(item) ? item : UNCHECKED) };
  }
  const declared = declaredType(metadata, keywords);
  if (declared !== undefined) return declared;
  const known = typeRefOf(reflected);
  if (isSingle(known)) return known;
  return guarded || metadata.some((each) => each.type === 'whitelistValidation') ? UNCHECKED : known;
}

const NO_TYPE =
  'no @Type names the class of its items (if one is written, it went to another copy of class-transformer: install one, and keep it out of bundles)';

/** Returns the type that the validators of a property state; `undefined` if they state none. */
function declaredType(metadata: readonly PropertyMetadata[], keywords: SchemaKeywords | undefined): TypeRef | undefined {
  if (metadata.some(({ name }) => name === IS_DATE)) return { kind: 'date' };
  return KEYWORD_TYPES[String(keywords?.type)] ?? KEYWORD_TYPES[typeOfListed(keywords?.enum)];
}

/** Returns the type of listed values: compilers disagree on the type that they reflect for an enum, and for a value that can be null. */
function typeOfListed(values: unknown): string {
  const types = Array.isArray(values) ? new Set(values.filter((value) => value !== null).map((value) => typeof value)) : [];
  const [type, ...others] = types;
  return type === undefined || others.length > 0 ? '' : type;
}

function isSingle(type: TypeRef | UnknownType): type is TypeRef {
  return Object.hasOwn(VALUE_KINDS, type.kind);
}

/** Returns the required fields of a class, found by validating an empty instance. */
function missingFields(type: Class): Set<string> {
  try {
    return new Set(
      classValidator()
        .validateSync(emptyInstance(type))
        .map(({ property }) => property),
    );
  } catch {
    return new Set(); // a custom validator threw on an empty instance: no field counts as required
  }
}

/**
 * Refuses validators that cannot decide when a call is checked.
 *
 * @throws RpcError `invalid_contract` for an asynchronous validator, and for one whose class has no `@ValidatorConstraint()`.
 */
function requireEffective(type: Class, name: string, metadata: readonly PropertyMetadata[]): void {
  for (const each of metadata) {
    const validator = each.name ?? (each.constraintCls as { readonly name?: string } | undefined)?.name ?? each.type;
    const constraints = constraintsOf(each);
    if (each.type === 'promiseValidation' || constraints.some(isAsynchronous)) {
      throw new RpcError(
        'invalid_contract',
        `${type.name}.${name} has an asynchronous validator (${validator}), but arguments are checked synchronously: make this check in the handler`,
      );
    }
    if (each.type === 'customValidation' && constraints.length === 0) {
      throw new RpcError(
        'invalid_contract',
        `${type.name}.${name} has a validator that would never run: decorate class ${validator} with @ValidatorConstraint()`,
      );
    }
  }
}

function isAsynchronous(constraint: { readonly async?: boolean; readonly instance?: { validate?: unknown } }): boolean {
  const validate = constraint.instance?.validate;
  return constraint.async === true || (typeof validate === 'function' && validate.constructor.name === 'AsyncFunction');
}
