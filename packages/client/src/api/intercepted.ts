/** The ways in which a client sends, with interceptors around them: put together when the client is made. */
import { type CallMode, type Interceptor, quote, RpcError, runIntercepted } from '@concord-rpc/core';
import { LateIterator } from '../calls/late-iterator';
import type { View } from '../connection/outgoing';
import type { ClientMethod } from '../method/client-method';
import { OutgoingCall } from './outgoing-call';

type Send<Outcome> = (view: View, method: ClientMethod, args: readonly unknown[]) => Outcome;
type Items = AsyncIterableIterator<unknown>;

/** How a client sends. None of these throws. */
export interface Ways {
  readonly call: Send<Promise<unknown>>;
  readonly cast: Send<Promise<unknown>>;
  readonly each: Send<Items>;
  readonly stream: Send<Items>;
}

/** The same through interceptors; themselves if there are none. */
export function intercepted(ways: Ways, interceptors: readonly Interceptor[]): Ways {
  if (interceptors.length === 0) return ways;

  function run(
    send: Send<unknown>,
    mode: CallMode,
    view: View,
    method: ClientMethod,
    args: readonly unknown[],
  ): Promise<unknown> {
    const call = new OutgoingCall(view, method, Object.freeze(args), mode);
    return runIntercepted(interceptors, call, () => send(call.close(), method, args));
  }
  /** Nothing happens before somebody reads, as without interceptors. */
  const reading =
    (send: Send<Items>, mode: CallMode): Send<Items> =>
    (view, method, args) =>
      new LateIterator(async () => iteratorOf(method, await run(send, mode, view, method, args)));

  return {
    call: (...sent) => run(ways.call, 'call', ...sent),
    cast: (...sent) => run(ways.cast, sent[0].destination.delivery === 'all' ? 'fanout' : 'cast', ...sent),
    each: reading(ways.each, 'call'),
    stream: reading(ways.stream, 'stream'),
  };
}

function iteratorOf({ label }: ClientMethod, items: unknown): AsyncIterator<unknown> {
  const iterate = (items as Partial<AsyncIterable<unknown>> | null | undefined)?.[Symbol.asyncIterator];
  if (typeof iterate === 'function') return iterate.call(items);
  throw new RpcError('invalid_result', `an interceptor made ${quote(items)} of ${label}, which gives an async iterable`, {
    executed: 'maybe',
    data: { violations: [{ path: 'result', message: 'must be an async iterable' }] },
  });
}
