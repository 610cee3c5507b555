/** Runs a call through interceptors: the first is the outermost, and each can call `next` once. */
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { InterceptedCall, Interceptor } from './interceptor';

/** Runs `last` within the interceptors. Settles with the result of the first interceptor; never throws. */
export function runIntercepted(
  interceptors: readonly Interceptor[],
  call: InterceptedCall,
  last: () => unknown,
): Promise<unknown> {
  let over = false;

  /** `async`, so that an interceptor that throws synchronously rejects, too. */
  async function enter(index: number): Promise<unknown> {
    const interceptor = interceptors[index];
    if (interceptor === undefined) return last();
    let open = true;
    const next = () => {
      // a call that has ended must not run
      const result = open && !over ? enter(index + 1) : Promise.reject(nextTwice(call));
      open = false;
      result.catch(() => undefined); // an interceptor may ignore the promise
      return result;
    };
    try {
      return await interceptor(call, next);
    } finally {
      open = false;
    }
  }

  return enter(0).finally(() => {
    over = true;
  });
}

/**
 * Returns a copy of the interceptors in an option; none if the option is absent.
 *
 * @throws RpcError `invalid_argument`
 */
export function requireInterceptors(interceptors: readonly Interceptor[] = []): readonly Interceptor[] {
  if (Array.isArray(interceptors) && interceptors.every((interceptor) => typeof interceptor === 'function'))
    return [...interceptors];
  const wrong = Array.isArray(interceptors) ? interceptors.find((each) => typeof each !== 'function') : interceptors;
  const where = Array.isArray(interceptors) ? ' in the array' : '';
  throw new RpcError('invalid_argument', `interceptors must be an array of functions; got ${quote(wrong)}${where}`);
}

function nextTwice({ label }: InterceptedCall): RpcError {
  return new RpcError(
    'invalid_argument',
    `an interceptor of ${label} called next() a second time, or after the call had ended: next() works once`,
    { executed: 'maybe' },
  );
}
