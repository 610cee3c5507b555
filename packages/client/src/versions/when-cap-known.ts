/** Lets calls wait until the servers have been asked for the first time, where the cap is the lowest version that is alive. */

import type { View } from '../connection/outgoing';
import type { ClientMethod } from '../method/client-method';
import { capUnknown } from './cap';

/** A way of sending. */
export type Send = (
  view: View,
  method: ClientMethod,
  args: readonly unknown[],
) => Promise<unknown> | AsyncIterableIterator<unknown>;

/** The same, after the cap is known. */
export function whenCapKnown(send: Send, gives: 'promise' | 'iterator'): Send {
  return (view, method, args) => {
    const unknown = capUnknown(view);
    if (unknown === undefined) return send(view, method, args);
    const sendNow = () => send(view, method, args);
    return gives === 'promise' ? unknown.then(sendNow) : itemsOf(unknown, sendNow as () => AsyncIterableIterator<unknown>);
  };
}

async function* itemsOf(unknown: Promise<unknown>, send: () => AsyncIterableIterator<unknown>): AsyncGenerator<unknown> {
  await unknown;
  yield* send();
}
