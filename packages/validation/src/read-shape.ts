/** Reads a DTO class as class-validator's decorators declare it: its fields, their types, which may be missing, their constraints. */
import 'reflect-metadata';
import {
  type Class,
  type FieldShape,
  RpcError,
  type SchemaKeywords,
  type TypeRef,
  typeRefOf,
  UNCHECKED,
  type UnknownType,
  VALUE_KINDS,
} from '@concord-rpc/core';
import { emptyInstance } from './compile-acceptance';
import { keywordsOf } from './keywords';
import { classValidator, constraintsOf, type PropertyMetadata, propertyMetadata, transformerType } from './libraries';

/** A field with what checking it needs beyond its shape. */
export interface ReadField extends FieldShape {
  /** Has `@ValidateNested()`: its instances are checked with it. */
  readonly nested: boolean;
  /** Nothing of class-validator checks its type, so that we do. */
  readonly typeUnguarded: boolean;
}

const NESTED = 'nestedValidation';
const IS_DATE = 'isDate';
const CONDITION = 'conditionalValidation';
const KEYWORD_TYPES: Readonly<Record<string, TypeRef>> = {
  string: { kind: 'string' },
  number: { kind: 'number' },
  integer: { kind: 'number' },
  boolean: { kind: 'boolean' },
};

/** Shapes that were read: a class does not change once it is used, and finding its decorators is a search through those of all classes. */
const read = new WeakMap<Class, readonly ReadField[] | undefined>();

/** The fields of a class in the order of their names; `undefined` if it has no decorator of class-validator. */
export function readShape(type: Class): readonly ReadField[] | undefined {
  if (!read.has(type)) read.set(type, fieldsOf(type));
  return read.get(type);
}

function fieldsOf(type: Class): readonly ReadField[] | undefined {
  const metadata = propertyMetadata(type);
  if (metadata.length === 0) return undefined;
  const byName = new Map<string, PropertyMetadata[]>();
  for (const each of metadata) byName.set(each.propertyName, [...(byName.get(each.propertyName) ?? []), each]);
  const needed = missingFields(type);
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, own]) => readField(type, name, own, needed));
}

function readField(type: Class, name: string, metadata: readonly PropertyMetadata[], needed: ReadonlySet<string>): ReadField {
  requireEffective(type, name, metadata);
  const nested = metadata.some((each) => each.type === NESTED);
  const conditional = metadata.some((each) => each.type === CONDITION);
  const guarded = metadata.some((each) => each.type === 'customValidation');
  const keywords = keywordsOf(metadata);
  return {
    name,
    type: fieldType(type, name, metadata, keywords, nested, guarded),
    // class-validator lets a nested object be missing unless something else forbids it; here it may be missing only if that is said
    optional: !needed.has(name) && (!nested || conditional),
    keywords,
    nested,
    typeUnguarded: !guarded && !nested,
  };
}

function fieldType(
  type: Class,
  name: string,
  metadata: readonly PropertyMetadata[],
  keywords: SchemaKeywords,
  nested: boolean,
  guarded: boolean,
): TypeRef | UnknownType {
  const reflected: unknown = Reflect.getMetadata('design:type', type.prototype as object, name);
  const isArray = reflected === Array || keywords.type === 'array' || metadata.some(({ each }) => each === true);
  if (nested) {
    const item = typeRefOf(transformerType(type, name) ?? (isArray ? undefined : reflected));
    return isArray && item.kind !== 'unknown' ? { kind: 'array', items: item } : item;
  }
  if (isArray) {
    const ofEach = metadata.filter(({ each }) => each);
    const item = typeRefOf(transformerType(type, name));
    const declared = declaredType(ofEach, keywords.items as SchemaKeywords | undefined);
    return { kind: 'array', items: declared ?? (isSingle(item) ? item : UNCHECKED) };
  }
  const declared = declaredType(metadata, keywords);
  if (declared !== undefined) return declared;
  const known = typeRefOf(reflected);
  if (isSingle(known)) return known;
  return guarded || metadata.some((each) => each.type === 'whitelistValidation') ? UNCHECKED : known;
}

/** What a property's own validators say that it is. */
function declaredType(metadata: readonly PropertyMetadata[], keywords: SchemaKeywords | undefined): TypeRef | undefined {
  return metadata.some(({ name }) => name === IS_DATE) ? { kind: 'date' } : KEYWORD_TYPES[String(keywords?.type)];
}

function isSingle(type: TypeRef | UnknownType): type is TypeRef {
  return Object.hasOwn(VALUE_KINDS, type.kind);
}

/** The fields without which class-validator refuses an instance: found by asking it about an empty one. */
function missingFields(type: Class): Set<string> {
  try {
    return new Set(
      classValidator()
        .validateSync(emptyInstance(type))
        .map(({ property }) => property),
    );
  } catch {
    return new Set(); // a validator of the user's own does not like emptiness; then calls decide
  }
}

/** Refuses validators whose verdict would be missing when a call is checked. */
function requireEffective(type: Class, name: string, metadata: readonly PropertyMetadata[]): void {
  for (const each of metadata) {
    const validator = each.name ?? (each.constraintCls as { readonly name?: string } | undefined)?.name ?? each.type;
    const constraints = constraintsOf(each);
    if (each.type === 'promiseValidation' || constraints.some(isAsynchronous)) {
      throw new RpcError(
        'invalid_contract',
        `${type.name}.${name} has an asynchronous validator (${validator}): arguments are checked synchronously; check it in the handler`,
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
