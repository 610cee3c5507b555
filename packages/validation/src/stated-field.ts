/** Reads a field whose type `@Field` states. */
import { type Class, type FieldOptions, RpcError } from '@concord-rpc/core';
import { limitsIn, problemWithLimits, statedType, type TypeRef, type UnknownType } from '@concord-rpc/core/engine';

/** The options of `@Field`, and the facts that it does not state. */
export interface FieldStatement {
  readonly options: FieldOptions;
  /** True if conditions of class-validator make the field optional. */
  readonly optional: boolean;
  readonly reflected: unknown;
}

/** Returns whether a type is a schema of a library that accepts a value which is left out. */
export function acceptsNothing(type: TypeRef | UnknownType): boolean {
  return type.kind === 'schema' && type.takesNothing;
}

/**
 * Returns the type, the limits and the optionality of a field as `@Field` states them.
 *
 * @throws RpcError `invalid_contract` if the limits do not fit the type
 */
export function statedField(type: Class, name: string, { options, optional, reflected }: FieldStatement) {
  const stated = statedType(options, reflected);
  const limits = limitsIn(options);
  const problem = limits && stated.kind !== 'unknown' ? problemWithLimits(limits, stated) : undefined;
  if (problem !== undefined) throw new RpcError('invalid_contract', `${type.name}.${name} ${problem}`);
  return {
    type: stated,
    optional: options.optional ?? (optional || acceptsNothing(stated)),
    ...(limits !== undefined && { limits }),
    nested: false,
    typeUnguarded: false,
    isStated: true,
  };
}
