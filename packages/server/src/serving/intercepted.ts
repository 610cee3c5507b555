/** Interceptors around the handlers of a server, and handlers that are made for each call. */
import { type InterceptedCall, type Interceptor, isRpcError } from '@concord-rpc/core';
import { runInScope, runIntercepted } from '@concord-rpc/core/engine';
import type { Registration } from '../registration/registration';
import type { MapError } from '../request/answers';
import { IncomingCall } from '../request/incoming-call';
import type { IncomingRequest } from '../request/incoming-request';
import { Refusal } from '../request/refusal';
import type { BoundHandler } from '../request/served-method';
import { inPresentContext } from '../streams/stream-context';

/** Runs the handler of a request with its checked arguments; returns or throws what the handler does. */
export type RunHandler = (args: unknown[], request: IncomingRequest) => unknown;

/** Calls a handler for a request. */
export type CallBound = (bound: BoundHandler, args: unknown[], request: IncomingRequest) => unknown;

/** Returns a registration whose handlers run within the interceptors; the same registration if there are none and no handler is made for each call. */
export function intercepted(registration: Registration, interceptors: readonly Interceptor[]): Registration {
  const madePerCall = [...registration.methods.values()].some(({ perCall }) => perCall !== undefined);
  if (interceptors.length === 0 && !madePerCall) return registration;
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
export function throughInterceptors(callBound: CallBound, mapError: MapError): RunHandler {
  return async (args, request) => {
    const method = request.method!;
    const call = new IncomingCall(request, Object.freeze(args));
    request.isBeforeHandler = true;
    const start = (bound: BoundHandler) => {
      request.isBeforeHandler = false;
      // an interceptor that awaited has left the scope, if scopes are not tracked
      return runInScope(request, (given: unknown[]) => callBound(bound, given, request), args);
    };
    const last = () => (method.perCall === undefined ? start(method) : makeAndStart(method.perCall, call, start));
    try {
      return await runIntercepted(method.interceptors!, call, last);
    } catch (thrown) {
      if (!request.isBeforeHandler) throw thrown;
      const error = isRpcError(thrown) ? thrown : mapError(thrown, request, 'no');
      throw error?.executed === 'no' ? new Refusal(error) : thrown;
    }
  };
}

async function makeAndStart(
  perCall: (call: InterceptedCall) => Promise<BoundHandler>,
  call: InterceptedCall,
  start: (bound: BoundHandler) => unknown,
): Promise<unknown> {
  return start(await perCall(call));
}
