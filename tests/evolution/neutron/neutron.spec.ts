/** Checks Neutron's real history: every version of every endpoint, and the mistakes that were not noticed at the time. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractDocument } from '@concord-rpc/core';
import { diff, leastVersion, lint, parseSnapshot, writeSnapshot } from '@concord-rpc/evolution';
import { callsTo, contractsOf, NEUTRON } from './neutron-history';
import { STEPS } from './neutron-steps';

const HISTORIES = NEUTRON.servers.map((server) => ({ server, contracts: contractsOf(server) }));
const versionOf = (contract: ContractDocument) => Object.values(contract.endpoints)[0]!.version;

/** The findings of each step, worst first, as lines. */
const FOUND = HISTORIES.flatMap(({ server, contracts }) =>
  contracts.slice(1).map((after, index) => {
    const before = contracts[index]!;
    const { findings } = diff(before, after);
    return { step: `${server.id} ${versionOf(before)} → ${versionOf(after)}`, findings };
  }),
);

test('what the steps say stands in the histories', () => {
  for (const { id, history } of NEUTRON.servers) {
    const clients = NEUTRON.clients.filter(({ talks_to }) => talks_to.includes(id));
    const texts = [...history, ...clients.flatMap((client) => client.history)].map(({ text }) => text).join('\n');
    for (const { says } of STEPS[id] ?? []) expect(texts).toContain(says);
  }
  expect(Object.keys(STEPS).filter((id) => !NEUTRON.servers.some((server) => server.id === id))).toEqual([]);
});

test('every contract of the history is a contract file, and the last has the methods that the sources have', () => {
  for (const { server, contracts } of HISTORIES) {
    for (const contract of contracts) expect(parseSnapshot(writeSnapshot(contract), server.id)).toBeDefined();
    const last = contracts.at(-1)!.endpoints[`${server.id}@1`]!;
    expect(last.version).toBe(server.version);
    expect(Object.keys(last.methods)).toEqual(server.methods.map(({ name }) => name).sort());
  }
});

test('every step of every endpoint is judged as it was', () => {
  const lines = FOUND.flatMap(({ step, findings }) => [
    step,
    ...findings.map(({ severity, rule, path }) => `  ${severity.padEnd(5)}  ${rule.padEnd(22)}  ${path}`),
  ]);
  expect(`${lines.join('\n')}\n`).toBe(readFileSync(join(__dirname, '../golden/neutron-history.golden.txt'), 'utf8'));
});

const stepsWith = (rule: string) =>
  FOUND.filter(({ findings }) => findings.some((finding) => finding.rule === rule)).map(({ step }) => step);

test.each<[string, string, string[]]>([
  [
    'methods removed inside a major, because no client seemed to call them',
    'METHOD_REMOVED',
    [
      'DhcpRpcCallback 1.1 → 1.2',
      'DhcpRpcCallback 1.2 → 1.3',
      'DhcpRpcCallback 1.3 → 1.4',
      'DhcpRpcCallback 1.5 → 1.6',
      'L3RpcCallback 1.5 → 1.5',
      'L3RpcCallback 1.12 → 1.13',
      'SriovNicSwitchRpcCallbacks 1.5 → 1.6',
    ],
  ],
  ['an argument of another type, said to be compatible', 'IN_TYPE_CHANGED', ['L3NATAgent 1.0 → 1.1']],
  ['an argument that older callers cannot know, required', 'ARG_ADDED_REQUIRED', ['ResourcesPushRpcCallback 1.0 → 1.1']],
  ['versions that were never released', 'MINOR_BUMP_SKIPPED', ['OVSNeutronAgent 1.5 → 1.7', 'MacvtapRPCCallBack 1.1 → 1.3']],
])('%s', (_what, rule, steps) => {
  expect(stepsWith(rule)).toEqual(steps);
});

test('calls that ask for a lower version than what they use was added in', () => {
  const tooLow = HISTORIES.flatMap(({ server, contracts }) =>
    callsTo(server).flatMap(({ client, method, version, args }) => {
      const passed = Object.fromEntries(args.map((name) => [name, 'x']));
      const need = leastVersion(contracts.at(-1)!, { endpoint: `${server.id}@1`, method, args: passed });
      const isLate = need !== undefined && Number(need.version.slice(2)) > Number(version.slice(2));
      return isLate ? [`${client} asks ${version} for ${method}, which needs ${need.version} because of ${need.because}`] : [];
    }),
  );
  expect(tooLow).toEqual([
    'DVRServerRpcApi asks 1.0 for get_subnet_for_dvr, which needs 1.1 because of fixed_ips',
    'LoggingApiStub asks 1.0 for get_sg_log_info_for_port, which needs 1.1 because of resource_type',
    'LoggingApiStub asks 1.0 for get_sg_log_info_for_log_resources, which needs 1.1 because of resource_type',
    'L3AgentNotifyAPI asks 1.0 for fipnamespace_delete_on_ext_net, which needs 1.3 because of fipnamespace_delete_on_ext_net',
    'AgentNotifierApi asks 1.0 for dvr_mac_address_update, which needs 1.2 because of dvr_mac_address_update',
  ]);
});

test('a client whose history is ahead of its server', () => {
  const ahead = HISTORIES.flatMap(({ server, contracts }) =>
    NEUTRON.clients
      .filter(({ talks_to, history }) => talks_to[0] === server.id && history.length > 0)
      .flatMap(({ id, history }) => {
        const key = `${server.id}@1`;
        const served = contracts.at(-1)!;
        const claimed = { ...served, endpoints: { [key]: { ...served.endpoints[key]!, version: history.at(-1)!.version } } };
        const rules = diff(claimed, served).findings.map(({ rule }) => rule);
        return rules.includes('VERSION_DECREASED')
          ? [`${id} knows ${history.at(-1)!.version}, ${server.id} is ${server.version}`]
          : [];
      }),
  );
  expect(ahead).toEqual(['L3PluginApi knows 1.14, L3RpcCallback is 1.13']);
});

test('seven interfaces on one topic and one namespace', () => {
  const shared = NEUTRON.groups.find(({ topic }) => topic === 'q-plugin')!;
  const together = HISTORIES.filter(({ server }) => shared.endpoints.includes(server.id)).map(
    ({ contracts }) => contracts.at(-1)!,
  );
  const document: ContractDocument = { contract: 1, endpoints: Object.assign({}, ...together.map(({ endpoints }) => endpoints)) };
  const collisions = lint(document).findings.filter(({ rule }) => rule === 'ENDPOINT_SUBJECT_COLLISION');
  expect(together).toHaveLength(7);
  expect(collisions).toHaveLength(6);
});
