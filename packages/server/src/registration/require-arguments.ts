/** The arguments of a request as its handler takes them, or why they do not fit. */
import { type Findings, formatViolations, type Request, RpcError } from '@concord-rpc/core';
import type { ServerStats } from '../request/server-stats';
import type { ServedMethod } from './served-method';

/**
 * Checks a request's arguments; what was left out of them is counted.
 *
 * @throws RpcError `invalid_argument`, with every violation
 */
export function requireArguments(method: ServedMethod, request: Request, stats: ServerStats): unknown[] {
  const findings: Findings = { violations: [], stripped: 0 };
  const args = method.check(request.args, findings);
  stats.stripped += findings.stripped;
  const { violations } = findings;
  if (violations.length === 0) return args;
  throw new RpcError('invalid_argument', `${method.label}: ${formatViolations(violations)}`, { data: { violations } });
}
