/** The refusal of a request that came too late. */
import { RpcError } from '@concord-rpc/core';
import type { ServedMethod } from '../registration/served-method';

/** What a request is refused with whose caller has stopped waiting: nothing ran. */
export function lateRequest({ label }: ServedMethod): RpcError {
  return new RpcError('deadline_exceeded', `${label} arrived after its caller's deadline`, {
    executed: 'no',
    retryable: true,
    data: { kind: 'deadline' },
  });
}
