/** Errors for requests whose caller stopped waiting before the handler ran. */
import { RpcError } from '@concord-rpc/core';
import type { IncomingRequest } from './incoming-request';

/** Returns the refusal of a request that arrived after its deadline. */
export function lateRequest({ label }: { readonly label: string }): RpcError {
  return new RpcError('deadline_exceeded', `${label} arrived after its caller's deadline`, {
    executed: 'no',
    retryable: true,
    data: { kind: 'deadline' },
  });
}

/** Returns the refusal of a queued request whose caller has stopped waiting; `undefined` while the caller waits. */
export function lateInQueue(request: IncomingRequest): RpcError | undefined {
  if (!request.isOver) return undefined;
  const { reason } = request.signal;
  const code = reason?.code === 'cancelled' ? 'cancelled' : 'deadline_exceeded';
  return new RpcError(code, `${request.label} was still queued when its caller stopped waiting`, {
    executed: 'no',
    retryable: code === 'deadline_exceeded',
    data: code === 'cancelled' ? undefined : { kind: 'deadline' },
  });
}
