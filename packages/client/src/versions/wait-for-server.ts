/** Holds calls to a named server until the server is running. */
import { RpcError } from '@concord-rpc/core';
import { inTime } from '@concord-rpc/core/engine';
import type { BoundMethod, Send } from '../connection/outgoing';
import type { TopicView } from '../view/topic-view';

/** Longest time in milliseconds between two pings of a server that is not running, in case its hello is lost. */
const ASK_AGAIN = 1_000;

/** Delays calls until the view of the topic has their server, for clients with `waitForServer`. */
export function whenServerRuns(send: Send, gives: 'promise' | 'iterator'): Send {
  return (bound, args) =>
    gives === 'promise'
      ? sendWhenRunning(send as Send<Promise<unknown>>, bound, args)
      : itemsWhenRunning(send as Send<AsyncIterableIterator<unknown>>, bound, args);
}

/** Sends a call when its server is running, and again if the server has gone by then. */
async function sendWhenRunning(send: Send<Promise<unknown>>, bound: BoundMethod, args: readonly unknown[]): Promise<unknown> {
  const deadline = performance.now() + bound.timeout;
  for (;;) {
    await untilRunning(bound, deadline);
    try {
      return await send(within(bound, deadline), args);
    } catch (thrown) {
      const error = RpcError.from(thrown);
      if (error.code !== 'no_servers' || error.executed !== 'no' || performance.now() >= deadline) throw thrown;
      viewOf(bound).table.remove(bound.destination.server!);
    }
  }
}

async function* itemsWhenRunning(
  send: Send<AsyncIterableIterator<unknown>>,
  bound: BoundMethod,
  args: readonly unknown[],
): AsyncGenerator<unknown> {
  const deadline = performance.now() + bound.timeout;
  await untilRunning(bound, deadline);
  yield* send(within(bound, deadline), args);
}

/**
 * Resolves when the server is in the view, or when the signal of the call aborts: the call then fails as any other.
 *
 * @throws RpcError `no_servers` at the deadline, or the error of the question if the servers could not be asked.
 */
async function untilRunning(bound: BoundMethod, deadline: number): Promise<void> {
  const { destination, settings, method, timeout } = bound;
  const server = destination.server!;
  const view = viewOf(bound);
  while (view.table.get(server) === undefined && settings.signal?.aborted !== true) {
    if (performance.now() >= deadline) {
      const sentence = `${method.label} was not sent: ${destination} did not start within ${timeout} ms`;
      throw view.refusal ?? new RpcError('no_servers', sentence);
    }
    if ((await view.find(server)) !== undefined) return;
    await joining(view, server, Math.min(ASK_AGAIN, deadline - performance.now()), settings.signal);
  }
}

/** Resolves when a server joins, after so many milliseconds, or when the signal aborts. */
async function joining(view: TopicView, server: string, longest: number, signal: AbortSignal | undefined): Promise<void> {
  let stop: () => void = () => undefined;
  const joined = new Promise<void>((resolve) => {
    const stopListening = view.table.onChange((change) => {
      if (change.server.server === server) resolve();
    });
    const onAbort = () => resolve();
    signal?.addEventListener('abort', onAbort);
    stop = () => {
      stopListening();
      signal?.removeEventListener('abort', onAbort);
    };
  });
  await inTime(joined, longest, () => undefined);
  stop();
}

/** The same method with the time that is left; a stream without a limit keeps none. */
function within(bound: BoundMethod, deadline: number): BoundMethod {
  return { ...bound, timeout: Math.max(1, Math.floor(deadline - performance.now())) };
}

function viewOf({ connection, destination }: BoundMethod): TopicView {
  return connection.announcements.view(destination.address);
}
