/** Asks a topic who serves it, and turns "no responders" into the error that says what is true. */
import { performance } from 'node:perf_hooks';
import { formatNeed, formatVersion, parseVersion, type Reply, RpcError, serves, subjects } from '@concord-rpc/core';
import type { Line } from './line';
import type { Ending, PendingCall, Slot } from './pending-calls';
import type { Sending } from './sending';

/** One interface that a server serves. */
export interface ServedEndpoint {
  readonly name: string;
  readonly version: string;
  /** Every namespace under which it answers; `null` is the null namespace. */
  readonly namespaces: readonly (string | null)[];
  /** Whether it has the method that was asked about, if one was. */
  readonly hasMethod?: boolean;
}

/** One server of a topic and what it serves there. */
export interface ServerAnnouncement {
  readonly server: string;
  /** Whether it reads requests that travel together. */
  readonly joins?: boolean;
  readonly endpoints: readonly ServedEndpoint[];
}

/** Longest wait for a first answer. */
const LONGEST_WAIT = 1_000;
/** After an answer, others are waited for as long as twice the first one took, within these bounds, in milliseconds. */
const SHORTEST_QUIET = 10;
const LONGEST_QUIET = 200;

const PING = 'ping';

/** What asking a topic who serves it came to. */
export interface Census {
  /** Those that answered in time. */
  readonly servers: readonly ServerAnnouncement[];
  /** The broker's word that nobody listens there. Without it, servers may be there that did not answer. */
  readonly nobody: boolean;
}

/** Asks everyone who listens on a topic what they serve; with a method's name, also who has it. Resolves, always. */
export function whoIsThere(line: Line, address: subjects.Address, deadline: number, method?: string): Promise<Census> {
  return new Promise((resolve) => {
    const subject = subjects.systemSubject(subjects.allPrefix(address), PING);
    new Collection(line, subject, Math.min(deadline, performance.now() + LONGEST_WAIT), resolve).ask(method);
  });
}

/**
 * Why the broker found nobody for a call: nobody on the topic, not this server, not this namespace, or not this version.
 * `undefined` if somebody does serve it: it came up in between.
 */
export async function explainNoResponders(sending: Sending): Promise<RpcError | undefined> {
  const { connection, destination, method, minor, deadline } = sending;
  const { label, contract, definition } = method;
  const { servers, nobody } = await whoIsThere(connection, destination.address, deadline, definition.name);
  if (method.olderForms !== undefined) connection.announcements.learn(destination.address, definition.name, servers);
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
  return new RpcError(
    'unsupported_version',
    `${label} needs ${formatNeed(contract, definition, sending.args)}; served: ${versions}`,
    {
      data: { needs: formatVersion(needs), served: candidates },
    },
  );
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

/** Collects the answers to one question put to all: until nobody has answered for a while. */
class Collection implements PendingCall {
  private readonly asked = performance.now();
  private readonly answers = new Map<string, ServerAnnouncement>();
  private slot: Slot | undefined;
  private quiet: NodeJS.Timeout | undefined;
  private patience = 0;

  constructor(
    private readonly line: Line,
    readonly subject: string,
    readonly deadline: number,
    private readonly resolve: (census: Census) => void,
  ) {}

  ask(method: string | undefined): void {
    const { pending, transport, codec } = this.line;
    try {
      this.slot = pending.open(this);
      const ttl = Math.max(0, Math.round(this.deadline - this.asked));
      const encoder = codec.requestEncoder('1.0', ['method']);
      transport.publish(this.subject, encoder.call(encoder.args([method]), this.slot.nonce, ttl), this.slot.reply);
    } catch {
      this.finish();
    }
  }

  onReply({ result }: Reply): void {
    if (!isAnnouncement(result)) return;
    if (this.answers.size === 0) {
      const first = performance.now() - this.asked;
      this.patience = Math.min(LONGEST_QUIET, Math.max(SHORTEST_QUIET, 2 * first));
    }
    this.answers.set(result.server, result);
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.finish(), this.patience);
  }

  onNoResponders(): void {
    this.slot = undefined;
    this.finish(true);
  }

  onEnding(_ending: Ending): void {
    this.slot = undefined;
    this.finish();
  }

  private finish(nobody = false): void {
    clearTimeout(this.quiet);
    if (this.slot !== undefined) this.line.pending.close(this.slot);
    this.slot = undefined;
    this.resolve({ servers: [...this.answers.values()], nobody });
  }
}

function isAnnouncement(value: unknown): value is ServerAnnouncement {
  if (typeof value !== 'object' || value === null) return false;
  const { server, endpoints } = value as Record<string, unknown>;
  return typeof server === 'string' && Array.isArray(endpoints) && endpoints.every(isServedEndpoint);
}

function isServedEndpoint(value: unknown): value is ServedEndpoint {
  if (typeof value !== 'object' || value === null) return false;
  const { name, version, namespaces } = value as Record<string, unknown>;
  return (
    typeof name === 'string' && typeof version === 'string' && /^\d{1,10}\.\d{1,10}$/.test(version) && Array.isArray(namespaces)
  );
}
