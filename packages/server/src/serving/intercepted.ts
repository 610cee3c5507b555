/** Interceptors around the handlers of a server. */
import { type Interceptor, isRpcError } from '@concord-rpc/core';
import { runInScope, runIntercepted } from '@concord-rpc/core/engine';
import type { Registration } from '../registration/registration';
import { IncomingCall } from '../request/incoming-call';
import type { IncomingRequest } from '../request/incoming-request';
import { Refusal } from '../request/refusal';

/** Runs the handler of a request with its checked arguments; returns or throws what the handler does. */
export type CallHandler = (args: unknown[], request: IncomingRequest) => unknown;

/** Returns a registration whose handlers run within the interceptors; the same registration if there are none. */
export function intercepted(registration: Registration, interceptors: readonly Interceptor[]): Registration {
  if (interceptors.length === 0) return registration;
  const methods = [...registration.methods].map(([name, method]) => [name, { ...method, interceptors }] as const);
  return { ...registration, methods: new Map(methods) };
}

/** Returns a function that calls a handler within the interceptors of its method. */
export function throughInterceptors(callHandler: CallHandler): CallHandler {
  return async (args, request) => {
    let hasStarted = false;
    try {
      return await runIntercepted(request.method!.interceptors!, new IncomingCall(request, Object.freeze(args)), () => {
        hasStarted = true;
        return runInScope(request, callHandler, args); // an interceptor that awaited has left the scope, if scopes are not tracked
      });
    } catch (thrown) {
      if (!hasStarted && isRpcError(thrown) && thrown.executed === 'no') throw new Refusal(thrown);
      throw thrown;
    }
  };
}
