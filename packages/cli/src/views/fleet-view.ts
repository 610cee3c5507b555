/** The versions of the servers and callers of one interface, as `concord fleet` shows them: a column for each version. */
import type { UsageAnswer } from '@concord-rpc/client';
import { compareVersions, parseVersion } from '@concord-rpc/core/engine';
import { durationText } from '../console/durations';
import { counted } from '../console/plural';
import { safeText } from '../console/safe-text';
import { columns } from './columns';

/** A server of an interface, and what it reported about its callers. */
export interface AskedForUsage {
  readonly server: string;
  readonly version: string;
  readonly usage: UsageAnswer;
}

/** One major of an interface on a topic. */
export interface EndpointFleet {
  /** `Name@major`. */
  readonly endpoint: string;
  readonly topic: string;
  readonly servers: readonly AskedForUsage[];
}

/** The calls of one caller with one version of the contract. */
export interface CountedCaller {
  /** The name that the caller states; `null` if it states none. */
  readonly caller: string | null;
  /** The version of its contract; `null` if it states none, as casts do not. */
  readonly contract: string | null;
  readonly calls: number;
  /** The highest version that a call needed. */
  readonly needs: string;
  /** Seconds since its last call. */
  readonly ago: number;
}

const NO_NAME = '(no name)';
const NO_VERSION = '?';

/** The servers and callers of an interface as a table. */
export function fleetText({ endpoint, topic, servers }: EndpointFleet): string {
  const callers = callersOf(endpoint, servers);
  const known = [...servers.map(({ version }) => version), ...callers.flatMap(({ contract }) => contract ?? [])];
  const versions: string[] = [...new Set(known)].sort((a, b) => compareVersions(parseVersion(a), parseVersion(b)));
  if (callers.some(({ contract }) => contract === null)) versions.push(NO_VERSION);
  const row = (kind: string, name: string, cells: ReadonlyMap<string, string>) => [
    kind,
    name,
    ...versions.map((version) => cells.get(version) ?? ''),
  ];
  const byName = new Map<string, Map<string, string>>();
  for (const { caller, contract, calls } of callers) {
    const name = caller === null ? NO_NAME : safeText(caller);
    const cells = byName.get(name) ?? new Map<string, string>();
    byName.set(name, cells.set(contract ?? NO_VERSION, counted(calls, 'call')));
  }
  const table = columns([
    [endpoint, topic, ...versions],
    ...servers.map(({ server, version }) => row('server', server, new Map([[version, 'serves']]))),
    ...[...byName].map(([name, cells]) => row('caller', name, cells)),
  ]);
  return `${table}${countedText(servers)}`;
}

/** The callers that the servers of an interface have counted, by name and version. */
export function callersOf(endpoint: string, servers: readonly AskedForUsage[]): readonly CountedCaller[] {
  const found = new Map<string, CountedCaller>();
  for (const use of servers.flatMap(({ usage }) => usage.report?.uses ?? [])) {
    if (use.endpoint !== endpoint) continue;
    const { caller = null, contract = null, calls, needs, ago } = use;
    const key = JSON.stringify([caller, contract]);
    const known = found.get(key);
    found.set(key, {
      caller,
      contract,
      calls: calls + (known?.calls ?? 0),
      needs: known === undefined || compareVersions(parseVersion(needs), parseVersion(known.needs)) > 0 ? needs : known.needs,
      ago: Math.min(ago, known?.ago ?? ago),
    });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, caller]) => caller);
}

/** The servers that counted their callers, and for how long. */
function countedText(servers: readonly AskedForUsage[]): string {
  const seconds = servers.flatMap(({ usage }) => usage.report?.seconds ?? []);
  const missing = servers.length - seconds.length;
  if (seconds.length === 0) return `no server reported its callers\n`;
  const lacking = missing === 0 ? '' : `; ${counted(missing, 'server')} reported none`;
  return `callers counted by ${counted(seconds.length, 'server')} over at most ${durationText(Math.max(...seconds))}${lacking}\n`;
}
