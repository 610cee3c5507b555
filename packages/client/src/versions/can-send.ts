/** Predicts, without sending anything, whether a call would pass the cap and find a server that takes it. */
import type { View } from '../connection/outgoing';
import { servedVersions } from '../fleet/served-versions';
import type { ClientMethod } from '../method/client-method';
import { capNow } from './cap';
import { formFor, highestWithin } from './version-gate';

/** Returns whether a form of the call is within the cap and, if the servers of the topic have answered before, whether a server takes it. */
export function canSend(view: View, method: ClientMethod, args: readonly unknown[]): boolean {
  const within = highestWithin(capNow(view, method.contract), method);
  return formFor(method, args, Math.min(within, highestAnnounced(view, method))) !== undefined;
}

function highestAnnounced({ connection, destination }: View, { contract }: ClientMethod): number {
  const servers = connection.announcements.learned(destination.address);
  if (servers === undefined) return Number.POSITIVE_INFINITY;
  return servedVersions(servers, { destination, contract }).at(-1)?.minor ?? -1;
}
