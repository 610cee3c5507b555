/** Results and items of streams, checked against the contract where the caller asked for it. */

import { RpcError } from '@concord-rpc/core';
import { type Findings, formatViolations } from '@concord-rpc/core/engine';
import type { ClientMethod } from '../method/client-method';

/**
 * Checks a value that a server returned, and makes instances of its DTO classes. `path` names the value in the error.
 *
 * @throws RpcError `invalid_result`
 */
export function checkedValue(method: ClientMethod, value: unknown, path: string): unknown {
  const findings: Findings = { violations: [], stripped: 0 };
  const checked = method.checkResult()(value, path, findings);
  const { violations } = findings;
  if (violations.length === 0) return checked;
  const sentence = `${method.label} returned a value that does not fit its contract: ${formatViolations(violations)}`;
  throw new RpcError('invalid_result', sentence, { data: { violations } });
}
