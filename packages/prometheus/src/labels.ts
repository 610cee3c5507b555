/** Values of labels: each comes from a set that the process itself bounds, never from a text of the network. */
import { type CallVerdict, ERROR_CODES, readVersion, serves } from '@concord-rpc/core/engine';

/** Stands for a method that the server does not serve, and for a version that a caller can have invented. */
export const OTHER = '_OTHER';

/** Returns `Interface/method`. */
export function methodLabel(contract: string | undefined, method: string | undefined): string {
  return contract === undefined || method === undefined ? OTHER : `${contract}/${method}`;
}

/** Returns the outcome of an operation: `ok`, `declared`, `expected`, or the code of its error. */
export function codeLabel(verdict: CallVerdict | undefined): string {
  if (verdict === 'ok' || verdict === 'expected') return verdict;
  return verdict !== undefined && Object.hasOwn(ERROR_CODES, verdict) ? verdict : OTHER;
}

/** Returns the version that a caller states, if the server knows that it exists: its own or an earlier one. */
export function callerVersionLabel(stated: string | undefined, served: string): string {
  const [version, own] = [readVersion(stated), readVersion(served)];
  return stated !== undefined && version !== undefined && own !== undefined && serves(own, version) ? stated : OTHER;
}
