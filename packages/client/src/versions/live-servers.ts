/** Who serves an interface right now, at which versions, and what of a call each would get. */
import { type Contract, formatVersion } from '@concord-rpc/core';
import type { View } from '../connection/outgoing';
import { servedEndpoints } from '../fleet/served-versions';
import type { ClientMethod } from '../method/client-method';
import { formFor } from './sent-form';

/** A server of the topic. */
export interface LiveServer {
  readonly server: string;
  /** Of every major of the interface that it serves, the version; none if it serves other interfaces only. */
  readonly versions: readonly string[];
  /** Of the call that was asked about: the version in whose form it takes it; `null` if it cannot take it. */
  readonly takes?: string | null;
}

/** The servers of a topic, by name; asked at most every few seconds. With a call, what each would get of it if it went to all. */
export async function liveServers(
  { connection, destination }: View,
  contract: Contract,
  call?: { readonly method: ClientMethod; readonly args: readonly unknown[] },
): Promise<LiveServer[]> {
  const servers = await connection.announcements.known(destination.address);
  const meant = servers.filter(({ server }) => destination.server === undefined || server === destination.server);
  const live = meant.map((announcement): LiveServer => {
    const served = servedEndpoints(announcement, { destination, contract });
    const versions = served.map(({ version }) => formatVersion(version));
    if (call === undefined) return { server: announcement.server, versions };
    const minors = served.filter(({ version }) => version.major === contract.version.major).map(({ version }) => version.minor);
    const form = formFor(call.method, call.args, Math.max(-1, ...minors));
    const takes = form === undefined ? null : formatVersion({ major: contract.version.major, minor: form.minor });
    return { server: announcement.server, versions, takes };
  });
  return live.sort((a, b) => (a.server < b.server ? -1 : 1));
}
