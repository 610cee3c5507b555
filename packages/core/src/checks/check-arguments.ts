/** Checks the arguments of a request before its handler runs: by position or by name, by type, and DTOs with the validation library. */

import type { ArgContract, Contract, MethodContract } from '../contract/contract';
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { Request } from '../ports/codec';
import type { Validator } from '../ports/validator';
import { type Findings, formatViolations, isFull, MOST_VIOLATIONS } from '../schema/check';
import { takesNull } from '../schema/type-ref';
import { compileLimitCheck, type LimitCheck } from './limit-check';
import { compileTypeCheck } from './type-check';

/** Returns arguments by position, as the handler receives them, and adds each violation to `findings`. Never throws. */
export type ArgumentCheck = (args: Request['args'], findings: Findings) => unknown[];

/** A method whose arguments are checked. */
interface CheckedMethod {
  /** `DhcpPluginApi.getPorts`, for errors. */
  readonly label: string;
  readonly check: ArgumentCheck;
}

/**
 * Returns the arguments of a request as its handler receives them, and counts the properties that were removed.
 *
 * @throws RpcError `invalid_argument`, with the first 16 violations
 */
export function requireArguments(method: CheckedMethod, args: Request['args'], stats: { stripped: number }): unknown[] {
  const findings: Findings = { violations: [], stripped: 0 };
  const checked = method.check(args, findings);
  stats.stripped += findings.stripped;
  if (findings.violations.length === 0) return checked;
  const violations = findings.violations.slice(0, MOST_VIOLATIONS);
  throw new RpcError('invalid_argument', `${method.label}: ${formatViolations(violations)}`, { data: { violations } });
}

/** Compiles the check of a method's arguments. Called once, at registration. `unknownArgs` of the contract: what happens to arguments that it lacks. */
export function compileArgumentCheck(
  method: MethodContract,
  validator: Validator,
  { unknownArgs, codec }: Pick<Contract, 'unknownArgs' | 'codec'>,
): ArgumentCheck {
  const args = method.args.map(({ name, optional, type, keywords }) => ({
    name,
    mayBeAbsent: optional,
    mayBeNull: optional || takesNull(type),
    check: compileTypeCheck(type, validator, codec),
    limits: keywords && compileLimitCheck(keywords),
    schema: type.kind === 'schema' ? type : undefined,
  }));
  return (given, findings) => {
    const values = Array.isArray(given) ? (given as unknown[]) : toPositional(given, method.args, findings, unknownArgs);
    if (values.length > args.length) {
      findings.violations.push({
        path: `argument ${args.length}`,
        message: `is one too many: ${method.name} takes ${args.length}`,
      });
      values.length = args.length;
    }
    for (let index = 0; index < args.length; index++) {
      const { name, check, limits, mayBeAbsent, mayBeNull, schema } = args[index]!;
      const value = values[index];
      if (value !== undefined && value !== null) {
        // the limits of an array come first: an array with too many items is refused before they are built
        if (limits !== undefined && Array.isArray(value) && breaks(limits, value, name, findings)) continue;
        values[index] = check(value, name, findings);
        if (limits !== undefined && !Array.isArray(value)) limits(value, name, findings);
      } else if (value === undefined && !mayBeAbsent) findings.violations.push({ path: name, message: 'is required' });
      else if (value === null && !mayBeNull) findings.violations.push({ path: name, message: 'must not be null' });
      else if (schema?.takesNull && value === null) values[index] = check(value, name, findings);
      else if (schema?.takesNothing) values[index] = check(undefined, name, findings); // the schema may have a default
    }
    return values;
  };
}

function breaks(limits: LimitCheck, value: readonly unknown[], name: string, findings: Findings): boolean {
  const before = findings.violations.length;
  limits(value, name, findings);
  return findings.violations.length > before;
}

/** Returns a copy of a request's arguments by position, unchecked. */
export function positional(given: Request['args'], args: readonly ArgContract[]): unknown[] {
  return [...toPositional(given, args, { violations: [], stripped: 0 })];
}

/** Returns arguments by position, also if the request gives them by name or index. */
export function toPositional(
  args: Request['args'],
  contract: readonly ArgContract[],
  findings: Findings,
  unknownArgs?: Contract['unknownArgs'],
): unknown[] {
  if (Array.isArray(args)) return args;
  const given = args as Readonly<Record<string, unknown>>;
  const values: unknown[] = [];
  for (const key of Object.keys(given)) {
    if (isFull(findings)) break;
    const byName = contract.findIndex((arg) => arg.name === key);
    const index = byName < 0 && /^(0|[1-9]\d?)$/.test(key) ? Number(key) : byName;
    if (index >= 0 && index < contract.length) values[index] = given[key];
    else if (unknownArgs === 'ignore') findings.stripped++;
    else findings.violations.push({ path: quote(key), message: 'is not an argument' });
  }
  return Array.from(values);
}
