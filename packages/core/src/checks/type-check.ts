/** Compiles checks of values against their declared types. */

import type { Validator } from '../ports/validator';
import { type Check, checkItems } from '../schema/check';
import type { TypeRef } from '../schema/type-ref';
import { VALUE_KINDS } from '../schema/value-kinds';

/** Compiles the check of a type, once: single values and arrays here, DTO classes by the validation library. */
export function compileTypeCheck(type: TypeRef, validator: Validator): Check {
  if (type.kind === 'class') return validator.compile(type.type);
  if (type.kind === 'array') return arrayCheck(compileTypeCheck(type.items, validator));
  if (type.kind === 'tagged') return validator.compileUnion(type);
  return type.kind === 'unchecked' ? unchecked : VALUE_KINDS[type.kind].check;
}

function unchecked(value: unknown): unknown {
  return value;
}

function arrayCheck(check: Check): Check {
  return (value, path, findings) => {
    if (!Array.isArray(value)) {
      findings.violations.push({ path, message: 'must be an array' });
      return value;
    }
    return checkItems(value, check, path, findings);
  };
}
