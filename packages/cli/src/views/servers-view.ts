/** The servers of topics as `concord ls` shows them: a row for each server and interface, and the versions of each interface. */
import type { KnownServer } from '@concord-rpc/client';
import { compareVersions, parseVersion } from '@concord-rpc/core/engine';
import type { Labels } from '@concord-rpc/core/wire';
import { counted } from '../console/plural';
import { safeText } from '../console/safe-text';
import { columns } from './columns';

/** A topic and its servers. */
export interface ListedTopic {
  readonly exchange: string;
  readonly topic: string;
  readonly servers: readonly KnownServer[];
}

/** The number of servers at each version of one major of an interface on a topic, oldest first. */
export interface ListedVersions {
  /** `Name@major`. */
  readonly endpoint: string;
  readonly topic: string;
  readonly versions: Readonly<Record<string, number>>;
  /** True if the servers are at several versions. */
  readonly skew: boolean;
}

const HEAD = ['TOPIC', 'ENDPOINT', 'SERVER', 'VERSION', 'LABELS'];

/** The servers as a table, with the versions of each interface below it. */
export function serversText(topics: readonly ListedTopic[]): string {
  const rows = topics.flatMap(rowsOf);
  const skews = versionsOf(topics).map(
    ({ endpoint, topic, versions, skew }) =>
      `${endpoint} on ${topic}: ${Object.entries(versions)
        .map(([version, count]) => `${version} ×${count}`)
        .join(', ')}${skew ? ' (skew)' : ''}\n`,
  );
  const servers = new Set(topics.flatMap((each) => each.servers.map(({ server }) => server)));
  const total = `${counted(topics.length, 'topic')}, ${counted(servers.size, 'server')}\n`;
  return `${columns([HEAD, ...rows])}\n${skews.join('')}${total}`;
}

/** One server as a line. */
export function serverLine(change: string, topic: string, { server, labels, endpoints }: KnownServer): string {
  const served = endpoints.map(({ name, version }) => `${name} ${version}`).join(', ');
  return `${change.padEnd(7)}  ${[topic, server, served, labelsText(labels)].filter((text) => text !== '').join('  ')}\n`;
}

/** The versions of each interface, by topic and name. */
export function versionsOf(topics: readonly ListedTopic[]): readonly ListedVersions[] {
  const found = new Map<string, { readonly endpoint: string; readonly topic: string; readonly versions: string[] }>();
  for (const { exchange, topic, servers } of topics) {
    for (const { name, version } of servers.flatMap(({ endpoints }) => endpoints)) {
      const endpoint = `${name}@${parseVersion(version).major}`;
      const address = `${exchange}/${topic}`;
      const known = found.get(`${address} ${endpoint}`) ?? { endpoint, topic: address, versions: [] };
      known.versions.push(version);
      found.set(`${address} ${endpoint}`, known);
    }
  }
  return [...found.values()].map(({ endpoint, topic, versions }) => {
    const sorted = [...versions].sort((a, b) => compareVersions(parseVersion(a), parseVersion(b)));
    const counts: Record<string, number> = {};
    for (const version of sorted) counts[version] = (counts[version] ?? 0) + 1;
    return { endpoint, topic, versions: counts, skew: Object.keys(counts).length > 1 };
  });
}

/** The labels as text: `zone=a rack=7`. */
export function labelsText(labels: Labels = {}): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${safeText(value)}`)
    .join(' ');
}

function rowsOf({ exchange, topic, servers }: ListedTopic): readonly (readonly string[])[] {
  return servers.flatMap(({ server, labels, endpoints, boots }) => {
    const name = boots === undefined ? server : `${server} (${boots.length} servers of this name)`;
    return endpoints.map(({ name: endpoint, version }) => [
      `${exchange}/${topic}`,
      `${endpoint}@${parseVersion(version).major}`,
      name,
      version,
      labelsText(labels),
    ]);
  });
}
