/** Checks a value against its declared type: single values and arrays here, DTO classes by the validation library. */

import type { Check, Validator } from '../ports/validator';
import type { TypeRef } from '../schema/type-ref';
import { VALUE_KINDS, type ValueKind } from '../schema/value-kinds';

/** One for all values of a kind, so that a contract of a thousand methods does not fill the processor's cache with copies. */
const SINGLE: Readonly<Record<ValueKind | 'unchecked', Check>> = {
  string: singleCheck('string'),
  number: singleCheck('number'),
  boolean: singleCheck('boolean'),
  date: singleCheck('date'),
  bytes: singleCheck('bytes'),
  unchecked: (value) => value,
};

/** Compiles the check of a type, once. */
export function compileTypeCheck(type: TypeRef, validator: Validator): Check {
  if (type.kind === 'class') return validator.compile(type.type);
  return type.kind === 'array' ? arrayCheck(compileTypeCheck(type.items, validator)) : SINGLE[type.kind];
}

function singleCheck(kind: ValueKind): Check {
  const { is, message } = VALUE_KINDS[kind];
  return (value, path, findings) => {
    if (!is(value)) findings.violations.push({ path, message });
    return value;
  };
}

function arrayCheck(check: Check): Check {
  return (value, path, findings) => {
    if (!Array.isArray(value)) {
      findings.violations.push({ path, message: 'must be an array' });
      return value;
    }
    return value.map((item: unknown, index) => check(item, `${path}[${index}]`, findings));
  };
}
