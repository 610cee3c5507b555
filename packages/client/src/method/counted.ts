/** Errors of calls, counted when they reach the caller. */
import { RpcError } from '@concord-rpc/core';
import { countError } from '@concord-rpc/core/engine';
import type { ClientMethod } from './client-method';

/** Counts the error with which a call of a method ends. Returns the error. */
export function counted({ method }: { readonly method: ClientMethod }, thrown: unknown): RpcError {
  const error = RpcError.from(thrown);
  countError(method.tally, error.code);
  return error;
}
