/** The commands trace and completion, and the examples in the help of the commands on a live fleet. */
import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSnapshot } from '@concord-rpc/evolution';
import { contractOf, RpcServer } from 'concord-rpc';
import { PortsApi as PortsApi15 } from '../../examples/rolling-upgrade/src/release-1.5/ports-api';
import { DhcpPluginApi } from '../fixtures/contracts/dhcp-plugin-api';
import { Agent } from '../rpc/permissions/contracts';
import { inGroups, type LiveFleet, startLiveFleet } from './live-fleet';

const STATUS = '{"host":"node-1","filter":{"network":"net-7","status":"UP"}}';
const LIMIT = '{"host":"node-1","limit":5}';
let fleet: LiveFleet;
beforeAll(async () => {
  fleet = await startLiveFleet();
  const { transport } = fleet;
  const handlers = { getPorts: async () => ({ server: 'agent-9', ports: [], chosenBy: [] }) };
  await fleet.serve(new RpcServer(transport, { server: 'agent-9' }).register(PortsApi15, handlers, { listen: ['to', 'all'] }));
  await fleet.serve(
    new RpcServer(transport, { server: 'agent-1' }).register(Agent, { reload: (value) => value, async *follow() {} }),
  );
});
afterAll(() => fleet.stop());
const operator = (...args: string[]) => fleet.run('operator', args);

test('trace shows which server takes a call, and why the others do not', async () => {
  const [written, named, method, other, json] = await Promise.all([
    operator('trace', 'PortsApi@1.getPorts', STATUS),
    operator('trace', 'PortsApi@1.getPorts', STATUS, '--to', 'ports-1'),
    operator('trace', 'PortsApi@1.getPorts'),
    operator('trace', 'PortsApi@1.getPorts', STATUS, '--to', 'ports-7'),
    operator('trace', 'DhcpPluginApi.getPorts', LIMIT, '--json'),
  ]);
  expect(written).toEqual({
    code: 0,
    err: '',
    out: [
      'PortsApi@1.getPorts needs 1.5 because of filter.status',
      'topic upgrade/ports, namespace none, subject rpc.upgrade.ports.any._.1.getPorts.5',
      '',
      'SERVER   TAKES IT  WHY',
      'agent-9  no        it takes only calls that name it',
      'ports-1  as 1.0    it serves PortsApi 1.4; the call needs 1.5',
      'ports-2  yes       it serves PortsApi 1.5',
      '',
      'The call goes to ports-2.',
      '',
    ].join('\n'),
  });
  expect(named.out).toContain('subject rpc.upgrade.ports.to.ports-1._.1.getPorts.5\n');
  expect(named.out).toMatch(/\nNo server takes the call as written; an older form of it goes to ports-1\.\n$/);
  expect(method.out).toContain('PortsApi@1.getPorts needs 1.0\n');
  expect(method.out).toContain('\nThe call goes to one of ports-1, ports-2.\n');
  expect(other).toMatchObject({ code: 5, out: expect.stringMatching(/\nNo server answered\.\n$/) });
  expect(JSON.parse(json.out)).toEqual({
    label: 'DhcpPluginApi@1.getPorts',
    topic: 'neutron/q-plugin',
    namespace: 'dhcp',
    needs: '1.2',
    because: '1.2 because of limit',
    subject: 'rpc.neutron.q-plugin.any.dhcp.1.getPorts.2',
    servers: [{ server: 'controller-1', takes: 'written', why: 'it serves DhcpPluginApi 1.3' }],
  });
});

test('complete gives commands, options, and names of the live registry', async () => {
  const cases: Readonly<Record<string, string>> = {
    'concord ':
      'ls fleet describe ping call cast fanout each trace inspect watch top acl doctor bench contract generate init completion',
    'concord ca': 'call cast',
    'concord contract ca': 'can-deploy',
    'concord contract diff --js': '--json',
    'concord call --tim': '--timeout',
    'concord describe ': 'Agent@1 DhcpPluginApi@1 PortsApi@1',
    'concord call ': 'Agent@1. DhcpPluginApi@1. PortsApi@1.',
    'concord call Dh': 'DhcpPluginApi@1.getPorts DhcpPluginApi@1.releaseDhcpPort DhcpPluginApi@1.updatePort',
    'concord trace PortsApi@1.': 'PortsApi@1.getPorts',
    'concord describe PortsApi@1.g': 'PortsApi@1.getPorts',
    'concord call PortsApi@1.getPorts --to ports': 'ports-1 ports-2',
    'concord ping con': 'controller-1',
    'concord ls --topic ': 'neutron/dhcp_agent neutron/q-plugin upgrade/ports',
    'concord call PortsApi@1.getPorts ': '',
    'concord call --live ': '',
    'concord ping --live nats://127.0.0.1:1 x': '',
    'concord nothing ': '',
  };
  const done: Record<string, string> = {};
  await inGroups(Object.keys(cases), async (line) => {
    done[line] = (await operator('complete', line)).out.trim().replaceAll('\n', ' ');
  });
  expect(done).toEqual(cases);
});

test('the script for bash gives what the command gives, also after "@"', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-bash-'));
  const { out } = await operator('completion', 'bash');
  writeFileSync(
    join(folder, 'try.bash'),
    `${out}
concord() { [[ "$*" == "complete -- concord call Ports@1.l" ]] && printf 'Ports@1.list\\nPorts@1.later.\\n'; }
COMP_LINE='concord call Ports@1.l and more' COMP_POINT=22
_concord
printf '<%s>' "\${COMPREPLY[@]}"
`,
  );
  expect(spawnSync('bash', [join(folder, 'try.bash')], { encoding: 'utf8' })).toMatchObject({
    stderr: '',
    stdout: '<1.list ><1.later.>',
  });
  for (const shell of ['zsh', 'fish']) expect((await operator('completion', shell)).out).toContain('concord complete -- ');
  expect(await operator('completion', 'tcsh')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Allowed choices are bash, zsh, fish'),
  });
});

const ALONE = ['ls', 'fleet', 'describe', 'ping', 'call', 'cast', 'fanout', 'each', 'trace', 'watch', 'top', 'completion'];
const WITH_FILES = [
  'bench',
  'doctor',
  'acl',
  'inspect',
  'generate client',
  'generate docs',
  'generate asyncapi',
  'generate permissions',
];

test('the help of every command is at most 80 columns wide', async () => {
  const asked: string[] = [];
  const wide: string[] = [];
  const ask = async (...path: string[]): Promise<void> => {
    const { out } = await operator(...path, '--help');
    asked.push(path.join(' '));
    wide.push(...out.split('\n').filter((line) => line.length > 80));
    const [, listed = ''] = /^Commands:\n((?: {2}.*\n?)+)/m.exec(out) ?? [];
    for (const [, name] of listed.matchAll(/^ {2}(\w\S*)/gm)) if (name !== 'help') await ask(...path, name!);
  };
  await ask();
  expect(wide).toEqual([]);
  expect(asked).toEqual(expect.arrayContaining([...ALONE, ...WITH_FILES, 'init', 'contract can-deploy']));
});

/** The lines of the examples in the help of commands. Each command has some. */
async function examplesOf(commands: readonly string[]): Promise<readonly string[]> {
  const helps = await Promise.all(commands.map(async (name) => (await operator(...name.split(' '), '--help')).out));
  const found = helps.map((help) => [.../^Examples:\n((?: {2}.*\n)+)/m.exec(help)![1]!.matchAll(/^ {2}concord (.*)$/gm)]);
  expect(found.every((each) => each.length > 0)).toBe(true);
  return found.flat().map(([, line]) => line!);
}

const wordsOf = (line: string) => line.match(/'[^']*'|\S+/g)!.map((word) => word.replace(/^'|'$/g, ''));

test('the examples in the help of commands that need files run', async () => {
  mkdirSync(join(fleet.cwd, 'contracts'), { recursive: true });
  for (const file of ['contracts/concord.contract.json', 'concord.contract.json'])
    writeFileSync(join(fleet.cwd, file), writeSnapshot(contractOf(DhcpPluginApi)));
  writeFileSync(join(fleet.cwd, 'roles.yaml'), 'roles: { web: [DhcpPluginApi.getPorts] }');
  const examples = await examplesOf(WITH_FILES);
  for (const line of examples) {
    const here = line.replace('nats://localhost', fleet.broker.url);
    const signal = line.startsWith('inspect') ? AbortSignal.abort() : undefined;
    const { code, out, err } = await fleet.run('caller', wordsOf(here), { signal });
    expect([line, code, code === 0 ? '' : out + err]).toEqual([line, 0, '']);
  }
});

test('the examples in the help of the other live commands run', async () => {
  const examples = await examplesOf(ALONE);
  const ran: object[] = [];
  await inGroups(examples, async (line) => {
    const args = wordsOf(line);
    const isWatch = args[0] === 'watch';
    const signal = isWatch || args.includes('--watch') ? AbortSignal.abort() : undefined;
    const { code, err } = await fleet.run(isWatch ? 'observer' : 'caller', args, { signal });
    ran.push({ line, code, err: isWatch || args.includes('--verbose') || args[0] === 'each' ? '' : err });
  });
  const expected = examples.map((line) => ({ line, code: line.includes('--where zone=a') ? 5 : 0, err: '' }));
  expect(ran).toHaveLength(expected.length);
  const wanted = new Set(expected.map((each) => JSON.stringify(each)));
  expect(ran.filter((each) => !wanted.has(JSON.stringify(each)))).toEqual([]);
});
