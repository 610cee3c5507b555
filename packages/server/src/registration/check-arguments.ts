/** Checks a method's arguments before its handler runs: by position or by name, by type, DTOs by the validation library. */
import {
  type ArgContract,
  compileLimitCheck,
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
  const args = method.args.map(({ name, optional, type, keywords }) => ({
    name,
    mayBeAbsent: optional,
    mayBeNull: optional || type.kind === 'unchecked',
    check: compileTypeCheck(type, validator),
    limits: keywords && compileLimitCheck(keywords),
  }));
  return (given, findings) => {
    const values = toPositional(given, method.args, findings);
    if (values.length > args.length) {
      findings.violations.push({
        path: `argument ${args.length}`,
        message: `is one too many: ${method.name} takes ${args.length}`,
      });
      values.length = args.length;
    }
    for (let index = 0; index < args.length; index++) {
      const { name, check, limits, mayBeAbsent, mayBeNull } = args[index]!;
      const value = values[index];
      if (value !== undefined && value !== null) {
        values[index] = check(value, name, findings);
        if (limits !== undefined) limits(value, name, findings);
      } else if (value === undefined && !mayBeAbsent) findings.violations.push({ path: name, message: 'is required' });
      else if (value === null && !mayBeNull) findings.violations.push({ path: name, message: 'must not be null' });
    }
    return values;
  };
}

/** The arguments of a request by position, as they came. */
export function positional(given: Request['args'], args: readonly ArgContract[]): unknown[] {
  return [...toPositional(given, args, { violations: [], stripped: 0 })];
}

/** Arguments given by name or index, by position; those given by position as they are. */
export function toPositional(args: Request['args'], contract: readonly ArgContract[], findings: Findings): unknown[] {
  if (Array.isArray(args)) return args;
  const given = args as Readonly<Record<string, unknown>>;
  const values: unknown[] = [];
  for (const key of Object.keys(given)) {
    const byName = contract.findIndex((arg) => arg.name === key);
    const index = byName < 0 && /^(0|[1-9]\d?)$/.test(key) ? Number(key) : byName;
    if (index < 0 || index >= contract.length) findings.violations.push({ path: quote(key), message: 'is not an argument' });
    else values[index] = given[key];
  }
  return Array.from(values);
}
