/** Finds the fields of mapped types (`PartialType`, `PickType`, … of @nestjs/mapped-types) and the classes that they were copied from. */
import type { Class } from '@concord-rpc/core';
import { classValidator, type PropertyMetadata, propertyMetadata, typeMarkOf } from './libraries';

/**
 * Returns the class that each copied field comes from, by the name of the field. Mapped types copy the metadata of class-validator to a
 * class that does not extend the original. A copy shares the constraints of the original, or the function of its `@Type`. A field that
 * has neither comes from where the other copies on its class come from.
 */
export function copiedFields(fields: ReadonlyMap<string, readonly PropertyMetadata[]>): ReadonlyMap<string, Class> {
  const copied = new Map<string, Class>();
  const sources = new Map<unknown, Set<Class>>();
  for (const [name, own] of fields) {
    const source = sourceOf(own);
    if (source === undefined) continue;
    copied.set(name, source);
    for (const { target } of own) sources.set(target, (sources.get(target) ?? new Set()).add(source));
  }
  if (copied.size === 0) return copied;
  for (const [name, own] of fields) {
    const candidates = own.flatMap(({ target }) => [...(sources.get(target) ?? [])]);
    const source = copied.has(name) ? undefined : candidates.find((each) => declares(each, own));
    if (source !== undefined) copied.set(name, source);
  }
  return copied;
}

function declares(type: Class, own: readonly PropertyMetadata[]): boolean {
  return propertyMetadata(type).some((one) =>
    own.some((copy) => copy.propertyName === one.propertyName && copy.type === one.type),
  );
}

function sourceOf(own: readonly PropertyMetadata[]): Class | undefined {
  const { validationMetadatas } = classValidator().getMetadataStorage() as unknown as {
    readonly validationMetadatas?: ReadonlyMap<unknown, readonly PropertyMetadata[]>;
  };
  for (const [target, all] of validationMetadatas ?? []) {
    if (own.some((copy) => copy.target !== target && all.some((original) => isSame(copy, original)))) return target as Class;
    if (own.some((each) => each.target === target)) return undefined; // classes stand in the order of their first decorator
  }
  return undefined;
}

function isSame(copy: PropertyMetadata, original: PropertyMetadata): boolean {
  if (copy.propertyName !== original.propertyName || copy.type !== original.type) return false;
  if (copy.constraintCls !== undefined)
    return copy.constraintCls === original.constraintCls && copy.constraints === original.constraints;
  if (copy.constraints !== undefined) return copy.constraints === original.constraints;
  // @ValidateNested() has nothing of its own; the @Type beside it has a function, which is copied too
  const [type, other] = [copy, original].map(({ target, propertyName }) => typeMarkOf(target as Class, propertyName));
  return type !== undefined && type.typeFunction === other?.typeFunction;
}
