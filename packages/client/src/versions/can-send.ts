/** Whether a call would be let through, and by what is known of the fleet taken, without sending anything. */

import type { View } from '../connection/outgoing';
import { servedVersions } from '../fleet/served-versions';
import type { ClientMethod } from '../method/client-method';
import { capNow } from './cap';
import { formFor } from './sent-form';

/** Whether a form of the call is within the cap, and, once the topic's servers have said what they serve, whether one of them takes it. */
export function canSend(view: View, method: ClientMethod, args: readonly unknown[]): boolean {
  const { contract } = method;
  const cap = capNow(view, contract);
  const within = cap === undefined ? Number.POSITIVE_INFINITY : cap.major === contract.version.major ? cap.minor : -1;
  return formFor(method, args, Math.min(within, highestHeard(view, method))) !== undefined;
}

function highestHeard({ connection, destination }: View, { contract }: ClientMethod): number {
  const servers = connection.announcements.learned(destination.address);
  if (servers === undefined) return Number.POSITIVE_INFINITY;
  return servedVersions(servers, { destination, contract }).at(-1)?.minor ?? -1;
}
