/** Errors of handlers as the user of a server maps them to errors for callers. */
import { type Executed, type InterceptedCall, isRpcError, RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import type { MapError } from '../request/answers';
import { IncomingCall } from '../request/incoming-call';
import type { IncomingRequest } from '../request/incoming-request';

/** Returns the error that the caller of a failed call gets; `undefined` for `internal`, as without a mapper. */
export type ErrorMapper = (thrown: unknown, call: InterceptedCall) => RpcError | undefined;

/**
 * Returns a function that maps errors by the user's rules. The server decides `executed`, because it knows whether the handler ran, and lets a call that
 * ran be retried only if its method is idempotent.
 *
 * @throws RpcError `invalid_argument` if the mapper is not a function.
 */
export function mapErrorsBy(mapper: ErrorMapper | undefined, log: (line: string) => void): MapError {
  if (mapper === undefined) return () => undefined;
  if (typeof mapper !== 'function') throw new RpcError('invalid_argument', `mapError must be a function; got ${quote(mapper)}`);
  return (thrown, request, executed) => {
    try {
      const mapped: unknown = mapper(thrown, new IncomingCall(request, request.args ?? []));
      if (isRpcError(mapped)) return withExecuted(mapped, executed, request);
      if (mapped !== undefined) log(`mapError returned ${quote(mapped)} for ${request.label}: return an RpcError or undefined`);
    } catch (failure) {
      log(`mapError failed for ${request.label}: ${String(failure)}`);
    }
    return undefined;
  };
}

function withExecuted(error: RpcError, executed: Executed, { method }: IncomingRequest): RpcError {
  const { code, rawMessage, data, id } = error;
  const retryable = error.retryable && (executed === 'no' || method!.definition.idempotent);
  return new RpcError(code, rawMessage, { executed, retryable, data: data as never, id });
}
