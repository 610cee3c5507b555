/** Two small judgements of a server: a request that came too late, and a result that comes later. */
import { RpcError } from '@concord-rpc/core';
import type { ServedMethod } from './served-method';

/** The refusal of a request whose caller has stopped waiting: nothing ran. */
export function lateRequest({ label }: ServedMethod): RpcError {
  return new RpcError('deadline_exceeded', `${label} arrived after its caller's deadline`, {
    executed: 'no',
    retryable: true,
    data: { kind: 'deadline' },
  });
}

/** Whether a handler has returned a promise, of whatever library. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
