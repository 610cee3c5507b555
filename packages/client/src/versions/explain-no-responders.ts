/** Finds out why no server took a call: asks the servers, and turns the verdict into an error. */
import { RpcError } from '@concord-rpc/core';
import { formatNeed, formatVersion, type ServiceVerdict, whyNotServed } from '@concord-rpc/core/engine';
import { listensTo, type ServedEndpoint } from '@concord-rpc/core/wire';
import type { Outgoing } from '../connection/outgoing';
import type { Census } from '../fleet/census';

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
  /** Servers serve the namespace, but take no messages of this delivery. */
  | { readonly kind: 'not_listening'; readonly running: readonly string[] }
  | (ServiceVerdict<AnnouncedEndpoint> & { readonly announced: readonly AnnouncedEndpoint[] });

/** Asks the servers, and judges their answers. */
export async function whyNotTaken(outgoing: Outgoing): Promise<NotTaken> {
  const { connection, destination, method, deadline } = outgoing;
  const about = { names: method.askedNames, server: destination.server };
  return judge(outgoing, await connection.announcements.ask(destination.address, about, deadline));
}

/** Judges by their announcements why no server takes a call. */
export function judge(
  { destination, method, minor }: Outgoing,
  { servers, noResponders, refusal }: Pick<Census, 'servers' | 'noResponders'> & Partial<Pick<Census, 'refusal'>>,
): NotTaken {
  if (servers.length === 0) return { kind: 'no_answers', noResponders, refusal };
  const meant = destination.server === undefined ? servers : servers.filter(({ server }) => server === destination.server);
  if (meant.length === 0) return { kind: 'other_servers', running: servers.map(({ server }) => server).sort() };
  const announced = meant.flatMap(({ server, endpoints }) => endpoints.map((endpoint) => ({ server, ...endpoint })));
  const wanted = { namespace: destination.target.namespace, needs: { major: method.contract.version.major, minor } };
  const listening = announced.filter((endpoint) => listensTo(endpoint, destination.delivery));
  const verdict = whyNotServed(wanted, listening, { acrossMajors: true });
  const isServedOtherwise = announced.some(({ namespaces }) => namespaces.includes(wanted.namespace));
  if (verdict.kind === 'unknown_namespace' && isServedOtherwise) {
    return { kind: 'not_listening', running: [...new Set(announced.map(({ server }) => server))].sort() };
  }
  return { ...verdict, announced };
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
    case 'not_listening': {
      const { running } = verdict;
      const how = destination.delivery === 'any' ? 'to any server, only by name' : `of the delivery "${destination.delivery}"`;
      const sentence = `servers of ${destination} take no calls ${how}; running: ${running.join(', ')}`;
      return new RpcError('no_servers', sentence, { data: { servers: running } });
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
