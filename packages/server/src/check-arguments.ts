/** Checks a method's arguments before its handler runs: by position or by name, by type, DTOs by the validation library. */
import {
  type ArgContract,
  compileTypeCheck,
  type Findings,
  type MethodContract,
  quote,
  type Request,
  type Validator,
} from '@concord-rpc/core';

/** Arguments as the handler takes them; what is wrong goes to `findings`. Never throws. */
export type ArgumentCheck = (args: Request['args'], findings: Findings) => unknown[];

/** Compiles the check of a method's arguments, once, at registration. */
export function compileArgumentCheck(method: MethodContract, validator: Validator): ArgumentCheck {
  const args = method.args.map(({ name, optional, type }) => ({
    name,
    mayBeAbsent: optional,
    mayBeNull: optional || type.kind === 'unchecked',
    check: compileTypeCheck(type, validator),
  }));
  return (given, findings) => {
    const values = Array.isArray(given)
      ? (given as unknown[])
      : toPositional(given as Record<string, unknown>, method.args, findings);
    if (values.length > args.length) {
      findings.violations.push({
        path: `argument ${args.length}`,
        message: `is one too many: ${method.name} takes ${args.length}`,
      });
      values.length = args.length;
    }
    for (let index = 0; index < args.length; index++) {
      const { name, check, mayBeAbsent, mayBeNull } = args[index]!;
      const value = values[index];
      if (value !== undefined && value !== null) values[index] = check(value, name, findings);
      else if (value === undefined && !mayBeAbsent) findings.violations.push({ path: name, message: 'is required' });
      else if (value === null && !mayBeNull) findings.violations.push({ path: name, message: 'must not be null' });
    }
    return values;
  };
}

/** The arguments of a request by position, as they came. */
export function positional(given: Request['args'], args: readonly ArgContract[]): unknown[] {
  if (Array.isArray(given)) return [...given];
  return toPositional(given as Record<string, unknown>, args, { violations: [], stripped: 0 });
}

/** Arguments given by name or index, by position. */
function toPositional(given: Readonly<Record<string, unknown>>, args: readonly ArgContract[], findings: Findings): unknown[] {
  const values: unknown[] = [];
  for (const key of Object.keys(given)) {
    const byName = args.findIndex((arg) => arg.name === key);
    const index = byName < 0 && /^(0|[1-9]\d?)$/.test(key) ? Number(key) : byName;
    if (index < 0 || index >= args.length) findings.violations.push({ path: quote(key), message: 'is not an argument' });
    else values[index] = given[key];
  }
  return Array.from(values);
}
