/** Interceptors around the handlers of a server. */
import { type Interceptor, isRpcError } from '@concord-rpc/core';
import { runInScope, runIntercepted } from '@concord-rpc/core/engine';
import type { Registration } from '../registration/registration';
import { IncomingCall } from '../request/incoming-call';
import type { IncomingRequest } from '../request/incoming-request';
import { Refusal } from '../request/refusal';
import { inPresentContext } from './stream-context';

/** Runs the handler of a request with its checked arguments; returns or throws what the handler does. */
export type CallHandler = (args: unknown[], request: IncomingRequest) => unknown;

/** Returns a registration whose handlers run within the interceptors; the same registration if there are none. */
export function intercepted(registration: Registration, interceptors: readonly Interceptor[]): Registration {
  if (interceptors.length === 0) return registration;
  const aroundStreams = interceptors.map(keepContext);
  const methods = [...registration.methods].map(([name, method]) => {
    const around = method.definition.mode === 'stream' ? aroundStreams : interceptors;
    return [name, { ...method, interceptors: around }] as const;
  });
  return { ...registration, methods: new Map(methods) };
}

/** Returns an interceptor whose own iterable, if it gives one, keeps the context of the interceptors around it. */
function keepContext(interceptor: Interceptor): Interceptor {
  return async (call, next) => inPresentContext(await interceptor(call, next));
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
