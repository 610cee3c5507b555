/** Strict mode: the subject of a call must state the version that its arguments need. */

import { RpcError } from '@concord-rpc/core';
import {
  type Contract,
  compileNeeds,
  formatNeed,
  formatVersion,
  type MethodContract,
  toPositional,
} from '@concord-rpc/core/engine';
import { subjects } from '@concord-rpc/core/wire';
import type { StrictCheck } from '../request/served-method';

/** Compiles the check of a method's calls. Called once, at registration. */
export function compileStrictCheck(method: MethodContract, contract: Contract, label: string): StrictCheck {
  const needs = compileNeeds(method, contract.dtos);
  const { major } = contract.version;
  return (subject, given) => {
    const args = toPositional(given, method.args, { violations: [], stripped: 0 }); // unknown arguments are refused later
    const claimed = subjects.minorIn(subject);
    if (needs.least(args) <= claimed) return;
    const message = `needs ${formatNeed(contract, method, args)}, and was sent as a call that needs ${formatVersion({ major, minor: claimed })}`;
    throw new RpcError('invalid_argument', `${label} ${message}`, { data: { violations: [{ path: method.name, message }] } });
  };
}
