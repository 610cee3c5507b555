/** Lists the servers of a topic that are running, their versions, and the form of a call that each would take. */
import { type Contract, formatVersion, type Version } from '@concord-rpc/core/engine';
import type { Labels } from '@concord-rpc/core/wire';
import type { View } from '../connection/outgoing';
import type { KnownServer } from '../fleet/census';
import { interfaceVersions, isShared, servedEndpoints, type Wanted } from '../fleet/served-versions';
import type { ClientMethod } from '../method/client-method';
import { formFor } from './version-gate';

/** A running server of the topic. */
export interface RunningServer {
  readonly server: string;
  /** Its version in every major of the interface that it serves; empty if it serves other interfaces only, or if several servers have its name. */
  readonly versions: readonly string[];
  /** The labels that its operator gave it; absent if there are none. */
  readonly labels?: Labels;
  /** True if several servers have its name: which of them a message to the name reaches is unknown. Absent otherwise. */
  readonly conflict?: true;
  /** The version of the form in which it takes the call that was asked about; `null` if it takes no form. */
  readonly takes?: string | null;
}

/** A call that servers are asked about. */
interface AskedCall {
  readonly method: ClientMethod;
  readonly args: readonly unknown[];
}

/** The announcements of a topic; if other interfaces share it, those that also say which servers have the method. */
async function announcedServers(
  { connection: { announcements }, destination }: Pick<View, 'connection' | 'destination'>,
  contract: Contract,
  method: ClientMethod | undefined,
): Promise<readonly KnownServer[]> {
  const servers = await announcements.known(destination.address);
  if (method === undefined || !isShared(servers, { destination, contract })) return servers;
  return announcements.known(destination.address, { names: method.askedNames, server: undefined });
}

/**
 * The servers of a topic, sorted by name. With a call, also the form that each server would take.
 *
 * @throws RpcError `permission_denied` if the broker does not let this connection ask, or hear the answers.
 */
export async function liveServers(
  { connection, destination }: View,
  contract: Contract,
  call?: AskedCall,
): Promise<RunningServer[]> {
  const servers = await announcedServers({ connection, destination }, contract, call?.method);
  const denied = connection.announcements.denied(destination.address);
  if (denied !== undefined) throw denied;
  const meant = servers.filter(({ server }) => destination.server === undefined || server === destination.server);
  const live = meant.map((announcement) => runningServer(announcement, { destination, contract }, call));
  return live.sort((a, b) => (a.server < b.server ? -1 : 1));
}

/** Describes one server, with the form in which it takes a call. */
export function runningServer(announcement: KnownServer, wanted: Wanted, call?: AskedCall): RunningServer {
  const { server, labels, boots } = announcement;
  const served = servedEndpoints(announcement, wanted);
  const endpoints = call === undefined ? served : interfaceVersions(announcement, wanted);
  const running = {
    server,
    versions: boots === undefined ? endpoints.map(({ version }) => formatVersion(version)) : [],
    ...(labels !== undefined && { labels }),
    ...(boots !== undefined && { conflict: true as const }),
  };
  return call === undefined ? running : { ...running, takes: takenForm(served, wanted.contract, call) };
}

function takenForm(served: readonly { readonly version: Version }[], contract: Contract, call: AskedCall): string | null {
  const { major } = contract.version;
  const minors = served.filter(({ version }) => version.major === major).map(({ version }) => version.minor);
  const form = formFor(call.method, call.args, Math.max(-1, ...minors));
  return form === undefined ? null : formatVersion({ major, minor: form.minor });
}
