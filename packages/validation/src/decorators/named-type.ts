/** Reads the class, or the union of classes, that `@Type` of class-transformer names for a field. */
import { type Class, RpcError } from '@concord-rpc/core';
import { problemOfMembers, quote, type TypeRef, typeRefOf, type UnknownType } from '@concord-rpc/core/engine';
import { type TypeMark, typeMarkOf } from './libraries';

/**
 * Returns the type that `@Type(() => Item)` names; `undefined` without `@Type`.
 *
 * @throws RpcError `invalid_contract` for a function that chooses by the value, throws or returns nothing, and for an invalid discriminator
 */
export function namedType(type: Class, name: string): TypeRef | UnknownType | undefined {
  const mark = typeMarkOf(type, name);
  if (mark === undefined) return undefined;
  const where = `${type.name}.${name}`;
  if (mark.typeFunction.length > 0) {
    throw mistake(
      `${where} has a @Type function that chooses by the value: write @Type(() => Base, { discriminator: { property, subTypes } })`,
    );
  }
  if (mark.options?.discriminator !== undefined) return unionOf(mark.options, where);
  const named = resolved(mark, where);
  if (named !== undefined) return typeRefOf(named);
  const remedy = 'its module is imported in a circle, or does not export it: import the class from a module of its own';
  throw mistake(`${where} has a @Type function that returns undefined: ${remedy}`);
}

function unionOf({ discriminator, keepDiscriminatorProperty }: NonNullable<TypeMark['options']>, where: string): TypeRef {
  const { property, subTypes } = discriminator!;
  const listed = Array.isArray(subTypes) ? (subTypes as readonly { readonly name: string; readonly value: unknown }[]) : [];
  const members = listed.map(({ name, value }) => ({ name, type: classOf(name, value, where) }));
  const problem = problemOfMembers(property, members);
  if (problem !== undefined) throw mistake(`${where} has a @Type with a discriminator, but ${problem}`);
  return { kind: 'tagged', property: property as string, members, keepsTag: keepDiscriminatorProperty === true };
}

function classOf(name: unknown, value: unknown, where: string): Class {
  const type = value === undefined ? undefined : typeRefOf(value);
  if (type?.kind === 'class') return type.type;
  const why =
    value === undefined
      ? 'is undefined, because its module is imported in a circle: import the class from a module of its own'
      : 'is not a DTO class: write a class with fields';
  throw mistake(`${where} has a @Type with a discriminator whose subtype ${quote(name)} ${why}`);
}

function resolved(mark: TypeMark, where: string): unknown {
  try {
    return mark.typeFunction();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw mistake(`${where} has a @Type function that throws (${why}): write @Type(() => Item)`, thrown);
  }
}

function mistake(sentence: string, cause?: unknown): RpcError {
  return new RpcError('invalid_contract', sentence, cause === undefined ? {} : { cause });
}
