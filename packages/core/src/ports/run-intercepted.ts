/** Takes a call through interceptors: the first is the outermost, and each can go on once. */
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { InterceptedCall, Interceptor } from './interceptor';

/** Runs `last` within the interceptors. Never throws; what it resolves to or rejects with is the word of the first interceptor. */
export function runIntercepted(
  interceptors: readonly Interceptor[],
  call: InterceptedCall,
  last: () => unknown,
): Promise<unknown> {
  let over = false;

  /** `async` also turns what a careless interceptor throws at once into a rejection. */
  async function enter(index: number): Promise<unknown> {
    const interceptor = interceptors[index];
    if (interceptor === undefined) return last();
    let open = true;
    const next = () => {
      // a call that has come to its end must not run after that
      const gone = open && !over ? enter(index + 1) : Promise.reject(goneOnAlready(call));
      open = false;
      gone.catch(() => undefined); // an interceptor may turn its back on it
      return gone;
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
 * A list of interceptors as an option gives it; none if it is left out.
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

function goneOnAlready({ label }: InterceptedCall): RpcError {
  return new RpcError(
    'invalid_argument',
    `an interceptor of ${label} called next() a second time, or after it had ended: a call goes on once`,
    { executed: 'maybe' },
  );
}
