/** The methods of a server with interceptors around their handlers, put together when the server starts. */
import { type Interceptor, isRpcError, runInScope, runIntercepted } from '@concord-rpc/core';
import type { Registration, ServedMethod } from '../registration/served-method';
import { IncomingCall } from '../request/incoming-call';
import { Refusal } from '../request/refusal';

/** The same registration, its handlers run within the interceptors; itself if there are none. */
export function intercepted(registration: Registration, interceptors: readonly Interceptor[]): Registration {
  if (interceptors.length === 0) return registration;
  const methods = [...registration.methods].map(
    ([name, method]) => [name, { ...method, run: through(method.run, interceptors) }] as const,
  );
  return { ...registration, methods: new Map(methods) };
}

function through(run: ServedMethod['run'], interceptors: readonly Interceptor[]): ServedMethod['run'] {
  return async (args, exchange) => {
    let started = false;
    try {
      return await runIntercepted(interceptors, new IncomingCall(exchange, Object.freeze(args)), () => {
        started = true;
        return runInScope(exchange, run, args); // an interceptor that awaited has left the scope, where scopes are not tracked
      });
    } catch (thrown) {
      if (!started && isRpcError(thrown) && thrown.executed === 'no') throw new Refusal(thrown);
      throw thrown;
    }
  };
}
