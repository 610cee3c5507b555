/** The answer of can-deploy as text. */
import type { ContractDocument } from '@concord-rpc/core';
import { type ClientVerdict, type DeployVerdict, type UseVerdict } from '@concord-rpc/evolution';
import { durationText } from '../console/durations';
import { counted } from '../console/plural';
import { safeText } from '../console/safe-text';
import type { Environment } from '../inputs/environment';
import { answeredOf, answeredText } from '../live/answered';
import type { UsageWindow } from '../live/usage-window';

/** The answer, and why it is not certain although the contracts of all clients are known. */
export interface UncertainVerdict extends DeployVerdict {
  readonly why?: string;
  readonly remedy?: string;
}

/** The answer and the fleet that it is about. */
export interface DeployAnswer {
  readonly key: string;
  readonly environment: Environment;
  readonly verdict: UncertainVerdict;
  /** `undefined` if the fleet comes from a file. */
  readonly usage: UsageWindow | undefined;
  /** The number of servers that was expected; `undefined` if none was. */
  readonly expect: number | undefined;
}

/** The fleet, one line per client, and the answer. */
export function answerText({ key, environment, verdict, usage, expect }: DeployAnswer): string {
  const { answer, clients } = verdict;
  const { asked } = environment;
  const lines = [
    `environment ${environment.name}: ${serversText(key, environment.servers)}, ${clientsText(environment)}`,
    ...(asked === undefined ? [] : [`  ${answeredText(answeredOf(asked), asked.length, expect)}`]),
    ...(usage === undefined ? [] : [usageText(usage)]),
    ...clients.map((client) => `  ${clientText(client)}`),
    ...CONCLUSIONS[answer](verdict),
  ];
  return `${lines.join('\n')}\n`;
}

const CONCLUSIONS: Readonly<Record<DeployVerdict['answer'], (verdict: DeployAnswer['verdict']) => readonly string[]>> = {
  yes: () => ['YES'],
  no: ({ clients }) => {
    const failing = clients.filter(({ answer }) => answer === 'no').map(({ client }) => safeText(client));
    return [`NO: ${[...new Set(failing)].join(', ')} would fail`];
  },
  'cannot tell': ({ clients, why, remedy }) => {
    const unknown = clients.filter(({ answer }) => answer === 'cannot tell');
    const [first] = unknown;
    if (first === undefined || why !== undefined) return [`CANNOT TELL: ${why}`, `  ${remedy}`];
    const name = safeText(first.client);
    return [
      ...(unknown.some((each) => each.why === undefined)
        ? [`CANNOT TELL: the contract of ${unknown.map(({ client }) => safeText(client)).join(', ')} is unknown`]
        : unknown.map(
            (each, index) => `${index === 0 ? 'CANNOT TELL: ' : '             '}${safeText(each.client)}: ${each.why}`,
          )),
      `  assume its contract: --assume ${name}=1.0        ignore the client: --ignore ${name}`,
    ];
  },
};

function serversText(key: string, servers: readonly ContractDocument[]): string {
  const count = new Map<string, number>();
  for (const { endpoints } of servers) {
    const version = endpoints[key]?.version ?? 'none';
    count.set(version, (count.get(version) ?? 0) + 1);
  }
  const listed = [...count]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([version, times]) => `${version} ×${times}`);
  return `${counted(servers.length, 'server')} of ${key}${listed.length > 0 ? ` (${listed.join(', ')})` : ''}`;
}

function clientsText({ clients }: Environment): string {
  const text = counted(clients.length, 'client');
  const instances = clients.flatMap((client) => client.instances ?? []).reduce((sum, count) => sum + count, 0);
  return clients.every((client) => client.instances === undefined) && clients.length > 0
    ? text
    : `${text} (${counted(instances, 'instance')})`;
}

/** The time over which callers were counted. A short time means that rare callers may be missing. */
function usageText({ servers, longest, shortest }: UsageWindow): string {
  if (servers === 0) return '  no server counts its callers';
  const over = longest === shortest ? durationText(longest) : `${durationText(shortest)} to ${durationText(longest)}`;
  return `  callers counted by ${counted(servers, 'server')} over ${over}`;
}

function clientText({ client, instances, seen, version, answer, uses }: ClientVerdict): string {
  const many =
    seen === undefined
      ? `×${String(instances ?? '?').padEnd(4)}`
      : `${counted(seen.calls, 'call')}, last ${durationText(seen.ago)} ago `;
  const head = `client ${safeText(client).padEnd(14)} ${many} contract ${(version ?? '?').padEnd(5)}`;
  const failing = uses.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'not-called');
  const details = failing.map(useText).join('; ');
  const verdict = answer === 'yes' ? 'ok' : answer === 'no' ? 'fails' : 'unknown';
  return `${head} ${verdict}${details === '' ? '' : `: ${details}`}`;
}

function useText({ method, outcome, needs, rules }: UseVerdict): string {
  const why = outcome === 'break' ? ` by ${rules.join(', ')}` : needs === undefined ? '' : ` (needs ${needs})`;
  return `${safeText(method)} ${outcome}${why}`;
}
