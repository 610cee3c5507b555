/** Finds out why no server took a call: asks the servers, and turns the verdict into an error. */
import { RpcError } from '@concord-rpc/core';
import { formatNeed, formatVersion, inTime, type ServiceVerdict, whyNotServed } from '@concord-rpc/core/engine';
import type { ServedEndpoint } from '@concord-rpc/core/wire';
import type { Outgoing } from '../connection/outgoing';
import { askAbout, askServers } from '../fleet/ask-servers';
import { type Census, NO_ANSWERS } from '../fleet/census';

/** An endpoint that a server announced. */
interface AnnouncedEndpoint extends ServedEndpoint {
  readonly server: string;
}

/** The reason why no server took a call, with the facts that prove it; `served` if a server serves it by now. */
export type NotTaken =
  /** No server answered. `noResponders`: the broker reported that no server is subscribed. `refusal`: the servers could not be asked. */
  | { readonly kind: 'no_answers'; readonly noResponders: boolean; readonly refusal?: RpcError }
  /** Servers of the topic are running, but not the one that the call is for. */
  | { readonly kind: 'other_servers'; readonly running: readonly string[] }
  | (ServiceVerdict<AnnouncedEndpoint> & { readonly announced: readonly AnnouncedEndpoint[] });

/** Asks the servers, and judges their answers. */
export async function whyNotTaken(outgoing: Outgoing): Promise<NotTaken> {
  const { connection, destination, method, deadline } = outgoing;
  const { address, server } = destination;
  const question = `${address.exchange}/${address.topic}/${method.askedNames}/${server ?? ''}`;
  const asked = connection.censuses.ask(question, () => askWhoTakes(outgoing));
  const census = await inTime(asked, deadline - performance.now(), () => NO_ANSWERS);
  connection.announcements.learn(address, { names: method.askedNames, server }, census.servers);
  return judge(outgoing, census);
}

/** Judges the announcements that an earlier question about the method brought; `undefined` if there are none. Never waits. */
export function whyNotTakenNow(outgoing: Outgoing): NotTaken | undefined {
  const { connection, destination, method } = outgoing;
  const about = { names: method.askedNames, server: destination.server };
  const servers = connection.announcements.learned(destination.address, about);
  return servers === undefined || servers.length === 0 ? undefined : judge(outgoing, { servers, noResponders: false });
}

/** Asks the one server that a call is for. Asks all servers if the call is for any, or if that server does not answer. */
async function askWhoTakes({ connection, destination, method }: Outgoing): Promise<Census> {
  const { address, server } = destination;
  const { askedNames: names } = method;
  const deadline = Number.POSITIVE_INFINITY; // other calls with more time may wait for the same census
  const census = await askAbout(connection, address, deadline, { names, server });
  return server === undefined || census.servers.length > 0 ? census : askServers(connection, address, deadline, names);
}

function judge(
  { destination, method, minor }: Outgoing,
  { servers, noResponders, refusal }: Pick<Census, 'servers' | 'noResponders'> & Partial<Pick<Census, 'refusal'>>,
): NotTaken {
  if (servers.length === 0) return { kind: 'no_answers', noResponders, refusal };
  const meant = destination.server === undefined ? servers : servers.filter(({ server }) => server === destination.server);
  if (meant.length === 0) return { kind: 'other_servers', running: servers.map(({ server }) => server).sort() };
  const announced = meant.flatMap(({ server, endpoints }) => endpoints.map((endpoint) => ({ server, ...endpoint })));
  const wanted = { namespace: destination.target.namespace, needs: { major: method.contract.version.major, minor } };
  return { ...whyNotServed(wanted, announced, { acrossMajors: true }), announced };
}

/** The error that tells the caller why no server took its call. */
export function notTakenError({ destination, method, args }: Outgoing, verdict: NotTaken): RpcError {
  const { label, contract, definition } = method;
  switch (verdict.kind) {
    case 'no_answers': {
      const why = verdict.noResponders
        ? `no server is subscribed to ${destination}`
        : `no server of ${destination} took it or answered a ping${verdict.refusal === undefined ? '' : `: ${verdict.refusal.rawMessage}`}`;
      return new RpcError('no_servers', `${label} was not delivered: ${why}`);
    }
    case 'other_servers': {
      const { running } = verdict;
      const data = { servers: running };
      return new RpcError('no_servers', `${destination} is not running; running: ${running.join(', ')}`, { data });
    }
    case 'unknown_namespace': {
      const namespace = destination.target.namespace ?? '(none)';
      const known = verdict.known.map((name) => name ?? '(none)').sort();
      const sentence = `no server of ${destination} serves namespace ${namespace}; served: ${known.join(', ')}`;
      return new RpcError('unknown_namespace', sentence, { data: { served: verdict.announced } });
    }
    case 'no_such_method': {
      const sentence = `no server of ${destination} serves method ${definition.name}`;
      return new RpcError('no_such_method', sentence, { data: { served: verdict.announced } });
    }
    case 'unsupported_version': {
      const served = verdict.served.map(({ server, version }) => ({ server, version }));
      const versions = formatCount(served.map(({ version }) => version));
      const sentence = `${label} needs ${formatNeed(contract, definition, args)}; served: ${versions}`;
      return new RpcError('unsupported_version', sentence, { data: { needs: formatVersion(verdict.needs), served } });
    }
    case 'served':
      return new RpcError('no_servers', `no server took ${label}: servers of ${destination} started after it was sent`);
  }
}

/** Formats versions as `1.1 ×2, 1.2 ×1`. */
function formatCount(versions: readonly string[]): string {
  const count = new Map<string, number>();
  for (const version of versions) count.set(version, (count.get(version) ?? 0) + 1);
  return [...count]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([version, times]) => `${version} ×${times}`)
    .join(', ');
}
