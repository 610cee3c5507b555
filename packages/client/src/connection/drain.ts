/** Closes a transport after the calls in progress have ended. */

import { RpcError, type Transport } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import { drainCalls } from './connection';

/** Options of `drain`. */
export interface DrainOptions {
  /** Longest wait in milliseconds for calls in progress. Default 30 000. */
  readonly timeout?: number | undefined;
}

const DRAIN_TIMEOUT = 30_000;

/**
 * Closes a transport when its calls, casts and streams in progress have ended, or after `timeout` milliseconds. New calls are refused meanwhile. Calls
 * that have not ended by then fail with `client_closed`, as all calls do with `transport.close()`. Stop servers on the transport first, because calls that
 * their handlers make are refused too.
 *
 * @throws RpcError `invalid_argument`
 */
export async function drain(transport: Transport, { timeout = DRAIN_TIMEOUT }: DrainOptions = {}): Promise<void> {
  if (!(typeof timeout === 'number' && timeout >= 0))
    throw new RpcError('invalid_argument', `timeout must be a number of milliseconds, 0 or more; got ${quote(timeout)}`);
  await drainCalls(transport, timeout);
  await transport.close();
}
