/** Lists the servers of a topic that are running, their versions, and the form of a call that each would take. */
import { type Contract, formatVersion } from '@concord-rpc/core/engine';
import type { ServerAnnouncement } from '@concord-rpc/core/wire';
import type { View } from '../connection/outgoing';
import { interfaceVersions, isShared, servedEndpoints } from '../fleet/served-versions';
import type { ClientMethod } from '../method/client-method';
import { formFor } from './version-gate';

/** A running server of the topic. */
export interface RunningServer {
  readonly server: string;
  /** Its version in every major of the interface that it serves; empty if it serves other interfaces only. */
  readonly versions: readonly string[];
  /** The version of the form in which it takes the call that was asked about; `null` if it takes no form. */
  readonly takes?: string | null;
}

/** The announcements of a topic; if other interfaces share it, those that also say which servers have the method. */
async function announcedServers(
  { connection: { announcements }, destination }: Pick<View, 'connection' | 'destination'>,
  contract: Contract,
  method: ClientMethod | undefined,
): Promise<readonly ServerAnnouncement[]> {
  const servers = await announcements.known(destination.address);
  if (method === undefined || !isShared(servers, { destination, contract })) return servers;
  return announcements.known(destination.address, { names: method.askedNames, server: undefined });
}

/**
 * The servers of a topic, sorted by name; they are asked at most every few seconds. With a call, also the form that each server would take.
 *
 * @throws RpcError `permission_denied` if the broker does not let this connection ask, or hear the answers.
 */
export async function liveServers(
  { connection, destination }: View,
  contract: Contract,
  call?: { readonly method: ClientMethod; readonly args: readonly unknown[] },
): Promise<RunningServer[]> {
  const servers = await announcedServers({ connection, destination }, contract, call?.method);
  const refusal = servers.length === 0 ? connection.announcements.refusal(destination.address) : undefined;
  if (refusal?.code === 'permission_denied') throw refusal;
  const meant = servers.filter(({ server }) => destination.server === undefined || server === destination.server);
  const live = meant.map((announcement): RunningServer => {
    const served = servedEndpoints(announcement, { destination, contract });
    if (call === undefined) return { server: announcement.server, versions: served.map(({ version }) => formatVersion(version)) };
    const versions = interfaceVersions(announcement, { destination, contract }).map(({ version }) => formatVersion(version));
    const minors = served.filter(({ version }) => version.major === contract.version.major).map(({ version }) => version.minor);
    const form = formFor(call.method, call.args, Math.max(-1, ...minors));
    const takes = form === undefined ? null : formatVersion({ major: contract.version.major, minor: form.minor });
    return { server: announcement.server, versions, takes };
  });
  return live.sort((a, b) => (a.server < b.server ? -1 : 1));
}
