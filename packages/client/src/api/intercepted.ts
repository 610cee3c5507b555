/** Puts interceptors around the senders of a client, once, when the client is made. */
import { type Interceptor, RpcError } from '@concord-rpc/core';
import { quote, runIntercepted } from '@concord-rpc/core/engine';
import type { BoundMethod, Send } from '../connection/outgoing';
import { LateIterator } from '../items/late-iterator';
import type { ClientMethod } from '../method/client-method';
import { OutgoingCall } from './outgoing-call';

/** The functions that send the calls of a client. */
export interface Senders {
  readonly call: Send<Promise<unknown>>;
  readonly cast: Send<Promise<unknown>>;
  readonly each: Send<AsyncIterableIterator<unknown>>;
  readonly stream: Send<AsyncIterableIterator<unknown>>;
}

/** The senders with interceptors around each; the same senders if there are no interceptors. */
export function intercepted({ call, cast, each, stream }: Senders, interceptors: readonly Interceptor[]): Senders {
  if (interceptors.length === 0) return { call, cast, each, stream };

  function run(send: Send, bound: BoundMethod, args: readonly unknown[]): Promise<unknown> {
    const outgoing = new OutgoingCall(bound, Object.freeze(args));
    return runIntercepted(interceptors, outgoing, () => send(outgoing.close(), args));
  }
  const settling =
    (send: Send): Send<Promise<unknown>> =>
    (bound, args) =>
      run(send, bound, args);
  /** Runs the interceptors when the iterator is first read, as a stream without interceptors is sent when it is first read. */
  const reading =
    (send: Send): Send<AsyncIterableIterator<unknown>> =>
    (bound, args) =>
      new LateIterator(async () => iteratorOf(bound.method, await run(send, bound, args)));

  return { call: settling(call), cast: settling(cast), each: reading(each), stream: reading(stream) };
}

function iteratorOf({ label }: ClientMethod, items: unknown): AsyncIterator<unknown> {
  const iterate = (items as Partial<AsyncIterable<unknown>> | null | undefined)?.[Symbol.asyncIterator];
  if (typeof iterate === 'function') return iterate.call(items);
  const sentence = `an interceptor returned ${quote(items)} for ${label}, which returns an async iterable`;
  throw new RpcError('invalid_result', sentence, {
    executed: 'maybe',
    data: { violations: [{ path: 'result', message: 'must be an async iterable' }] },
  });
}
