/** Asks a topic who serves it, and turns "no responders" into the error that says what is true. */
import { performance } from 'node:perf_hooks';
import {
  formatNeed,
  formatVersion,
  PING,
  parseVersion,
  RpcError,
  type ServedEndpoint,
  serves,
  subjects,
} from '@concord-rpc/core';
import type { Outgoing } from '../connection/outgoing';
import { type Census, takeCensus } from '../fleet/census';
import { inTime } from '../fleet/shared-censuses';
import type { Line } from '../line/line';

/** Longest wait for a first answer. */
const LONGEST_WAIT = 1_000;

/** Asks everyone who listens on a topic what they serve; with the names of a method, also who has it. Resolves, always. */
export function whoIsThere(line: Line, address: subjects.Address, deadline: number, names?: string): Promise<Census> {
  const subject = subjects.systemSubject(subjects.allPrefix(address), PING);
  return takeCensus(line, subject, Math.min(deadline, performance.now() + LONGEST_WAIT), { names });
}

/** Asks one server by its name what it serves: its answer alone, or nobody's. Resolves, always. */
export function whatItServes(
  line: Line,
  address: subjects.Address,
  server: string,
  deadline: number,
  names: string,
): Promise<Census> {
  const subject = subjects.systemSubject(subjects.serverPrefix(address, server), PING);
  return takeCensus(line, subject, Math.min(deadline, performance.now() + LONGEST_WAIT), { names, one: true });
}

/** Asks the one server that a call is for; everybody if it is for any, or if that one is not there. */
async function whoCouldTake({ connection, destination, method }: Outgoing): Promise<Census> {
  const { address, server } = destination;
  const { askedNames } = method;
  const patience = Number.POSITIVE_INFINITY; // others may wait for it who have more time
  const alone = server === undefined ? undefined : await whatItServes(connection, address, server, patience, askedNames);
  return alone !== undefined && alone.servers.length > 0 ? alone : whoIsThere(connection, address, patience, askedNames);
}

/**
 * Why the broker found nobody for a call: nobody on the topic, not this server, not this namespace, or not this version.
 * `undefined` if somebody does serve it: it came up in between.
 */
export async function explainNoResponders(outgoing: Outgoing): Promise<RpcError | undefined> {
  const { connection, destination, method, deadline } = outgoing;
  const { address, server } = destination;
  const question = `${address.exchange}/${address.topic}/${method.askedNames}/${server ?? ''}`;
  const asked = connection.censuses.ask(question, () => whoCouldTake(outgoing));
  const census = await inTime(asked, deadline);
  if (method.oldestForm !== undefined) {
    connection.announcements.learn(address, { names: method.askedNames, server }, census.servers);
  }
  return explain(outgoing, census);
}

function explain({ destination, method, minor, args }: Outgoing, { servers, nobody }: Census): RpcError | undefined {
  const { label, contract, definition } = method;
  if (servers.length === 0) {
    const why = nobody
      ? `nobody listens on ${destination}`
      : `nobody took it, and no server of ${destination} said what it serves`;
    return new RpcError('no_servers', `${label} was not sent to anyone: ${why}`);
  }
  const meant = destination.server === undefined ? servers : servers.filter(({ server }) => server === destination.server);
  if (meant.length === 0) {
    const there = servers.map(({ server }) => server).sort();
    return new RpcError('no_servers', `there is no ${destination}; there: ${there.join(', ')}`, { data: { servers: there } });
  }
  const { namespace } = destination.target;
  const served = meant.flatMap(({ server, endpoints }) => endpoints.map((endpoint) => ({ server, ...endpoint })));
  const inNamespace = served.filter(({ namespaces }) => namespaces.includes(namespace));
  if (inNamespace.length === 0) {
    const known = [...new Set(served.flatMap(({ namespaces }) => namespaces.map((name) => name ?? '(none)')))].sort();
    return new RpcError(
      'unknown_namespace',
      `no server of ${destination} has namespace ${namespace ?? '(none)'}; there: ${known.join(', ')}`,
      { data: { served } },
    );
  }
  const needs = { major: contract.version.major, minor };
  const serving = ({ version }: ServedEndpoint) => serves(parseVersion(version), needs);
  const having = inNamespace.filter(({ hasMethod }) => hasMethod);
  if (having.some(serving)) return undefined;
  // another interface on this topic and namespace may be new enough; that does not help this method
  if (having.length === 0 && inNamespace.some(serving)) {
    return new RpcError('no_such_method', `${destination} has no method ${definition.name}`, { data: { served } });
  }
  const candidates = (having.length > 0 ? having : inNamespace).map(({ server, version }) => ({ server, version }));
  const versions = formatCount(candidates.map(({ version }) => version));
  return new RpcError('unsupported_version', `${label} needs ${formatNeed(contract, definition, args)}; served: ${versions}`, {
    data: { needs: formatVersion(needs), served: candidates },
  });
}

/** `1.1 ×2, 1.2 ×1`. */
function formatCount(versions: readonly string[]): string {
  const count = new Map<string, number>();
  for (const version of versions) count.set(version, (count.get(version) ?? 0) + 1);
  return [...count]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([version, times]) => `${version} ×${times}`)
    .join(', ');
}
