/** The version cap of a client at present: the version that its user set, or with `auto` the lowest that a live server serves. */
import type { Contract, Version } from '@concord-rpc/core/engine';
import type { Send, View } from '../connection/outgoing';
import { servedVersions } from '../fleet/served-versions';

/** The present cap; `undefined` without a cap, or if no live server of the interface is known. Never waits. */
export function capNow({ connection, destination, settings }: View, contract: Contract): Version | undefined {
  const { cap } = settings;
  if (cap !== 'auto') return cap;
  const servers = connection.announcements.latest(destination.address);
  const lowest = servers && servedVersions(servers, { destination, contract })[0];
  return lowest && { major: contract.version.major, minor: lowest.minor };
}

/** Delays calls until the servers have answered for the first time, for clients whose cap is `auto`. */
export function whenCapKnown(send: Send, gives: 'promise' | 'iterator'): Send {
  return (bound, args) => {
    const unknown = capUnknown(bound);
    if (unknown === undefined) return send(bound, args);
    const sendNow = () => send(bound, args);
    return gives === 'promise' ? unknown.then(sendNow) : itemsOf(unknown, sendNow as () => AsyncIterableIterator<unknown>);
  };
}

/** Resolves when the servers have answered; `undefined` if they have answered already. */
function capUnknown({ connection, destination }: View): Promise<unknown> | undefined {
  if (connection.announcements.latest(destination.address) !== undefined) return undefined;
  return connection.announcements.known(destination.address);
}

async function* itemsOf(unknown: Promise<unknown>, send: () => AsyncIterableIterator<unknown>): AsyncGenerator<unknown> {
  await unknown;
  yield* send();
}
