/** Checks a value against its declared type: primitives and arrays here, DTO classes by the validation library. */
import type { TypeRef } from '../contract/type-ref';
import type { Check, Validator } from '../ports/validator';

/** One for all values of a kind, so that a contract of a thousand methods does not fill the processor's cache with copies. */
const PRIMITIVES = {
  string: primitiveCheck('string'),
  number: primitiveCheck('number'),
  boolean: primitiveCheck('boolean'),
  unchecked: (value: unknown) => value,
} satisfies Record<string, Check>;

/** Compiles the check of a type, once. */
export function compileTypeCheck(type: TypeRef, validator: Validator): Check {
  if (type.kind === 'class') return validator.compile(type.type);
  return type.kind === 'array' ? arrayCheck(compileTypeCheck(type.items, validator)) : PRIMITIVES[type.kind];
}

function primitiveCheck(kind: 'string' | 'number' | 'boolean'): Check {
  const message = `must be a ${kind}`;
  return (value, path, findings) => {
    if (typeof value !== kind) findings.violations.push({ path, message });
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
