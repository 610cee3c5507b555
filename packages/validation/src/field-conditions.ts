/** Conditions of a field (`@IsOptional()`, `@ValidateIf`): for which values its validators do not run. */
import type { Class } from '@concord-rpc/core';
import { emptyInstance } from './compile-acceptance';
import type { PropertyMetadata } from './decorators/libraries';

const CONDITION = 'conditionalValidation';

/** The conditions of a field, tried on an instance without values. */
export interface FieldConditions {
  /** Returns whether the validators do not run for a value. */
  exempts(value: unknown): boolean;
  /** True if null is a value: `@IsIn` lists it, or the validators run for a missing value, and not for null. */
  readonly takeNull: boolean;
}

/** Returns the conditions of a field. A condition that throws counts as one that does not apply. */
export function conditionsOf(type: Class, name: string, metadata: readonly PropertyMetadata[]): FieldConditions {
  const conditions = metadata
    .filter((each) => each.type === CONDITION)
    .map(({ constraints }) => constraints![0] as (object: unknown, value: unknown) => boolean);
  const exempts = (value: unknown): boolean => {
    if (conditions.length === 0) return false;
    try {
      const instance = Object.assign(emptyInstance(type), { [name]: value });
      return conditions.some((condition) => !condition(instance, value));
    } catch {
      return true;
    }
  };
  const listed = metadata.some(({ name, constraints }) => name === 'isIn' && (constraints![0] as unknown[]).includes(null));
  return { exempts, takeNull: listed || (exempts(null) && !exempts(undefined)) };
}
