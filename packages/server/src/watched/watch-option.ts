/** The option of a server that says what observers of its calls are shown. */
import { RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';

/** Nothing; which calls run, for whom, and how they end; or also their arguments. */
export type WatchOption = false | 'calls' | 'arguments';

/** Returns the option `watch` of a server. @throws RpcError `invalid_argument` */
export function requireWatch(given: unknown): WatchOption {
  if (given === undefined) return 'calls';
  if (given === false || given === 'calls' || given === 'arguments') return given;
  throw new RpcError('invalid_argument', `watch must be 'calls', 'arguments' or false; got ${quote(given)}`);
}
