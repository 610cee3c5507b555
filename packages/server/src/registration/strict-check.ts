/** Strict mode: a call has to say, by its subject, that it needs what its arguments need. */
import {
  type Contract,
  compileNeeds,
  formatNeed,
  formatVersion,
  type MethodContract,
  type Request,
  RpcError,
  subjects,
} from '@concord-rpc/core';
import { toPositional } from './check-arguments';

/**
 * Refuses a call that claims less than it uses.
 *
 * @throws RpcError `invalid_argument`
 */
export type StrictCheck = (subject: string, args: Request['args']) => void;

/** Compiles the check of a method's calls, once, at registration. */
export function compileStrictCheck(method: MethodContract, contract: Contract, label: string): StrictCheck {
  const needs = compileNeeds(method, contract.dtos);
  const { major } = contract.version;
  return (subject, given) => {
    const args = toPositional(given, method.args, { violations: [], stripped: 0 }); // what is no argument is refused later
    const claimed = subjects.minorOf(subject);
    if (needs.least(args) <= claimed) return;
    const message = `needs ${formatNeed(contract, method, args)}, and was sent as a call that needs ${formatVersion({ major, minor: claimed })}`;
    throw new RpcError('invalid_argument', `${label} ${message}`, { data: { violations: [{ path: method.name, message }] } });
  };
}
