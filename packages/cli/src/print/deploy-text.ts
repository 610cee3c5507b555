/** The answer of can-deploy as people read it. */
import { type ContractDocument } from '@concord-rpc/core';
import { type ClientVerdict, type DeployVerdict, type UseVerdict } from '@concord-rpc/evolution';
import { durationText } from '../console/durations';
import { visible } from '../console/visible';
import type { Environment } from '../inputs/environment';
import type { UsageWindow } from '../inputs/usage-window';

/** What is told. */
export interface DeployAnswer {
  readonly key: string;
  readonly environment: Environment;
  readonly verdict: DeployVerdict & { readonly why?: string };
  /** Of a live fleet. */
  readonly usage: UsageWindow | undefined;
}

/** The answer with what it rests on. */
export function answerText({ key, environment, verdict, usage }: DeployAnswer): string {
  const { answer, clients } = verdict;
  const lines = [
    `environment ${environment.name}: ${serversText(key, environment.servers)}, ${clientsText(environment)}`,
    ...(usage === undefined ? [] : [usageText(usage)]),
    ...clients.map((client) => `  ${clientText(client)}`),
    ...CONCLUSIONS[answer](verdict),
  ];
  return `${lines.join('\n')}\n`;
}

const CONCLUSIONS: Readonly<Record<DeployVerdict['answer'], (verdict: DeployAnswer['verdict']) => readonly string[]>> = {
  yes: () => ['YES'],
  no: ({ clients }) => {
    const failing = clients.filter(({ answer }) => answer === 'no').map(({ client }) => visible(client));
    return [`NO: ${[...new Set(failing)].join(', ')} would fail`];
  },
  'cannot tell': ({ clients, why }) => {
    const unknown = clients.filter(({ answer }) => answer === 'cannot tell');
    const [first] = unknown;
    if (first === undefined) return [`CANNOT TELL: ${why}`, '  name the clients in a file: --clients FILE'];
    const name = visible(first.client);
    return [
      ...(unknown.some((each) => each.why === undefined)
        ? [`CANNOT TELL: ${unknown.map(({ client }) => visible(client)).join(', ')} published no contract`]
        : unknown.map((each, index) => `${index === 0 ? 'CANNOT TELL: ' : '             '}${visible(each.client)}: ${each.why}`)),
      `  count it as 1.0: --assume ${name}=1.0        leave it out: --ignore ${name}`,
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
  return `${servers.length} server${servers.length === 1 ? '' : 's'} of ${key}${listed.length > 0 ? ` (${listed.join(', ')})` : ''}`;
}

function clientsText({ clients }: Environment): string {
  const text = `${clients.length} client${clients.length === 1 ? '' : 's'}`;
  const instances = clients.flatMap((client) => client.instances ?? []).reduce((sum, count) => sum + count, 0);
  return clients.every((client) => client.instances === undefined) && clients.length > 0
    ? text
    : `${text} (${instances} instance${instances === 1 ? '' : 's'})`;
}

/** For how long callers were counted: who has only just begun has seen few. */
function usageText({ servers, longest, shortest }: UsageWindow): string {
  if (servers === 0) return '  no server has counted its callers';
  const over = longest === shortest ? durationText(longest) : `${durationText(shortest)} to ${durationText(longest)}`;
  return `  callers as ${servers} server${servers === 1 ? '' : 's'} counted them over ${over}`;
}

function clientText({ client, instances, seen, version, answer, uses }: ClientVerdict): string {
  const many =
    seen === undefined
      ? `×${String(instances ?? '?').padEnd(4)}`
      : `${seen.calls} call${seen.calls === 1 ? '' : 's'}, last ${durationText(seen.ago)} ago `;
  const head = `client ${visible(client).padEnd(14)} ${many} contract ${(version ?? '?').padEnd(5)}`;
  const failing = uses.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'not-called');
  const details = failing.map(useText).join('; ');
  const verdict = answer === 'yes' ? 'ok' : answer === 'no' ? 'fails' : 'unknown';
  return `${head} ${verdict}${details === '' ? '' : `: ${details}`}`;
}

function useText({ method, outcome, needs, rules }: UseVerdict): string {
  const why = outcome === 'break' ? ` by ${rules.join(', ')}` : needs === undefined ? '' : ` (needs ${needs})`;
  return `${visible(method)} ${outcome}${why}`;
}
