/** Whether a method may be called the way that it was. */
import { RpcError } from '@concord-rpc/core';
import type { ServedMethod } from '../registration/served-method';
import type { IncomingRequest } from '../request/incoming-request';

/**
 * Refuses a cast of what has to be waited for, and the other way round.
 *
 * @throws RpcError `invalid_target`
 */
export function requireMode({ definition, label }: ServedMethod, exchange: IncomingRequest): void {
  const { mode } = definition;
  if (mode === undefined) return;
  const answers = mode === 'call' || mode === 'stream';
  if (answers === exchange.wantsAnswer && (mode !== 'fanout' || exchange.subjectIsForAll)) return;
  throw new RpcError('invalid_target', `${label} is declared mode "${mode}"`);
}
