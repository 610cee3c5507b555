/** The version cap of a client at present: the version that its user set, or with `auto` the lowest that a live server serves. */
import { type Contract, compareVersions, type Version } from '@concord-rpc/core/engine';
import type { Send, View } from '../connection/outgoing';

/** The present cap; `undefined` without a cap, or if no live server of the interface is known. Never waits. */
export function capNow({ connection, destination, settings }: View, contract: Contract): Version | undefined {
  const { cap, capFloor } = settings;
  if (cap !== 'auto') return cap;
  const minor = connection.announcements.lowestMinor({ address: destination.address, destination, contract });
  if (minor === undefined) return undefined;
  const lowest = { major: contract.version.major, minor };
  return capFloor !== undefined && compareVersions(lowest, capFloor) < 0 ? capFloor : lowest;
}

/** Delays calls until the versions of the servers are known for the first time, for clients whose cap is `auto`. */
export function whenCapKnown(send: Send, gives: 'promise' | 'iterator'): Send {
  return (bound, args) => {
    const { connection, destination, method } = bound;
    const { contract } = method;
    const unknown = connection.announcements.whenLowestKnown({ address: destination.address, destination, contract });
    if (unknown === undefined) return send(bound, args);
    const sendNow = () => send(bound, args);
    return gives === 'promise' ? unknown.then(sendNow) : itemsOf(unknown, sendNow as () => AsyncIterableIterator<unknown>);
  };
}

async function* itemsOf(unknown: Promise<unknown>, send: () => AsyncIterableIterator<unknown>): AsyncGenerator<unknown> {
  await unknown;
  yield* send();
}
