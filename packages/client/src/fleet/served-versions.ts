/** The minors of an interface that servers have announced. */
import { type Contract, parseVersion, type Version } from '@concord-rpc/core/engine';
import { listensTo, type ServedEndpoint, type ServerAnnouncement } from '@concord-rpc/core/wire';
import type { Destination } from '../method/destination';

/** An interface, and the namespace and server to look at. */
export interface Wanted {
  readonly destination: Pick<Destination, 'delivery' | 'server' | 'target'>;
  readonly contract: Contract;
}

/** A server of an interface, and its highest minor. */
export interface ServedVersion {
  readonly server: string;
  readonly minor: number;
}

/** Results by array of announcements. These arrays never change, so a result holds as long as its array lives. */
const read = new WeakMap<readonly ServerAnnouncement[], Map<string, readonly ServedVersion[]>>();

/** The servers of an interface and major, each with its highest minor, lowest first. */
export function servedVersions(servers: readonly ServerAnnouncement[], wanted: Wanted): readonly ServedVersion[] {
  const { destination, contract } = wanted;
  const { delivery, target, server = '' } = destination;
  const key = `${contract.name}@${contract.version.major}/${target.namespace}/${delivery}/${server}`;
  let known = read.get(servers);
  if (known === undefined) read.set(servers, (known = new Map()));
  let minors = known.get(key);
  if (minors === undefined) known.set(key, (minors = readMinors(servers, wanted)));
  return minors;
}

/** The endpoints of an interface that a server serves, of every major. */
export function servedEndpoints(
  { endpoints }: ServerAnnouncement,
  { destination, contract }: Wanted,
): { readonly version: Version }[] {
  const here = endpoints.filter(({ namespaces }) => namespaces.includes(destination.target.namespace));
  return ofInterface(here, contract).map(({ version }) => ({ version: parseVersion(version) }));
}

/** Returns whether a server of the namespace serves no endpoint with the contract's name: its announcement does not show whether it has a method. */
export function isShared(servers: readonly ServerAnnouncement[], { destination, contract }: Wanted): boolean {
  return servers.some(({ endpoints }) => {
    const here = endpoints.filter(({ namespaces }) => namespaces.includes(destination.target.namespace));
    return here.length > 0 && here.every(({ name }) => name !== contract.name);
  });
}

/** The versions of an interface on a server that was asked about a method: of endpoints with the contract's name, else of those with the method. */
export function interfaceVersions(
  announcement: ServerAnnouncement,
  { destination, contract }: Wanted,
): { readonly version: Version }[] {
  const named = announcement.endpoints.filter(
    ({ name, namespaces }) => name === contract.name && namespaces.includes(destination.target.namespace),
  );
  if (named.length === 0) return servedEndpoints(announcement, { destination, contract });
  return named.map(({ version }) => ({ version: parseVersion(version) }));
}

function readMinors(servers: readonly ServerAnnouncement[], wanted: Wanted): readonly ServedVersion[] {
  const { destination, contract } = wanted;
  const meant = servers.filter(({ server }) => destination.server === undefined || server === destination.server);
  const found = meant.flatMap((announcement) => {
    const listening = announcement.endpoints.filter((endpoint) => listensTo(endpoint, destination.delivery));
    const versions = servedEndpoints({ ...announcement, endpoints: listening }, wanted).map(({ version }) => version);
    const minors = versions.filter(({ major }) => major === contract.version.major).map(({ minor }) => minor);
    return minors.length === 0 ? [] : [{ server: announcement.server, minor: Math.max(...minors) }];
  });
  return found.sort((a, b) => a.minor - b.minor || (a.server < b.server ? -1 : 1));
}

/** Several interfaces may share a namespace: returns those with the method that was asked about, else those with the name of the contract, else all. */
function ofInterface(endpoints: readonly ServedEndpoint[], { name }: Contract): readonly ServedEndpoint[] {
  if (endpoints.some(({ hasMethod }) => hasMethod !== undefined)) return endpoints.filter(({ hasMethod }) => hasMethod);
  const named = endpoints.filter((endpoint) => endpoint.name === name);
  return named.length > 0 ? named : endpoints;
}
