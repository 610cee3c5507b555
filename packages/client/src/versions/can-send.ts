/** Predicts, without sending anything, whether a call would pass the cap and find a server that takes it. */
import type { View } from '../connection/outgoing';
import { isShared, servedVersions } from '../fleet/served-versions';
import type { ClientMethod } from '../method/client-method';
import { capNow } from './cap';
import { formFor, highestWithin } from './version-gate';

/** Returns whether a form of the call is within the cap and, if the servers of the topic have answered before, whether a server takes it. */
export function canSend(view: View, method: ClientMethod, args: readonly unknown[]): boolean {
  const within = highestWithin(capNow(view, method.contract), method);
  return formFor(method, args, Math.min(within, highestAnnounced(view, method))) !== undefined;
}

function highestAnnounced({ connection, destination }: View, { contract, askedNames }: ClientMethod): number {
  const { announcements } = connection;
  const all = announcements.learned(destination.address);
  const about = { names: askedNames, server: undefined };
  const asked = announcements.learned(destination.address, about);
  const mayLackIt = all === undefined || isShared(all, { destination, contract });
  const servers = mayLackIt && asked !== undefined && asked.length > 0 ? asked : all;
  if (servers === undefined) return Number.POSITIVE_INFINITY;
  return servedVersions(servers, { destination, contract }).at(-1)?.minor ?? -1;
}
