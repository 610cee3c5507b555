/** Ends the clients of a transport without losing a call, then the transport. */
import { quote, RpcError, type Transport } from '@concord-rpc/core';
import { connectionIfAny } from './connection';

/** How to close. */
export interface DrainOptions {
  /** Milliseconds that calls under way are given. Default 30 000. */
  readonly timeout?: number;
}

const DRAIN_TIMEOUT = 30_000;

/**
 * Closes a transport when its calls, casts and streams under way have ended, or after `timeout` milliseconds: those left then end with
 * `client_closed`, as all do at once with `transport.close()`. New ones are refused meanwhile. Stop servers on the transport first: what their handlers
 * call is refused, too.
 *
 * @throws RpcError `invalid_argument`
 */
export async function drain(transport: Transport, { timeout = DRAIN_TIMEOUT }: DrainOptions = {}): Promise<void> {
  if (!(typeof timeout === 'number' && timeout >= 0))
    throw new RpcError('invalid_argument', `timeout must be a number of milliseconds, 0 or more; got ${quote(timeout)}`);
  await connectionIfAny(transport)?.pending.drain(timeout);
  await transport.close();
}
