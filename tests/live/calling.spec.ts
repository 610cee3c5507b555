/** The commands that call methods of a live fleet: call, cast, fanout and each. Many cases run at the same time. */
import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RpcServer, rpcContext } from 'concord-rpc';
import { Archive } from '../fixtures/contracts/archive';
import { until } from '../fixtures/until';
import { Agent } from '../rpc/permissions/contracts';
import { type Ended, inGroups, type LiveFleet, startLiveFleet } from './live-fleet';

const DHCP = 'DhcpPluginApi@1';
const GET_PORTS = `${DHCP}.getPorts`;
const PORTS = 'PortsApi@1.getPorts';
const NETWORK = '{"host":"node-1","filter":{"network":"net-7"}}';
const STATUS = '{"host":"node-1","filter":{"network":"net-7","status":"UP"}}';

/** A command, and its exit code with texts of its output. */
interface Case {
  readonly user?: string;
  readonly args: readonly string[];
  readonly code: number;
  /** Standard output: the value of its JSON, or a pattern. */
  readonly out?: unknown;
  readonly err?: RegExp | string;
}

const CASES: Readonly<Record<string, Case>> = {
  'an argument by name': { args: ['call', GET_PORTS, '--arg', 'host=node-1'], code: 0, out: ['node-1'], err: '' },
  'a text that looks like a number': { args: ['call', GET_PORTS, '--arg', 'host=1'], code: 0, out: ['1'] },
  'arguments as an object': { args: ['call', GET_PORTS, '{"host":"node-1","limit":5}'], code: 0, out: ['node-1', '5'] },
  'arguments by position': { args: ['call', GET_PORTS, '["node-1",null,5]'], code: 0, out: ['node-1', '5'] },
  'an object and a flag': { args: ['call', GET_PORTS, '{"host":"a"}', '--arg', 'limit=7'], code: 0, out: ['a', '7'] },
  'a file': { args: ['call', GET_PORTS, '@arguments.json'], code: 0, out: ['of-file'] },
  'a flag from a file': {
    args: ['call', GET_PORTS, '--arg', 'host=x', '--arg', 'filter=@filter.json'],
    code: 0,
    out: ['x', 'of-file'],
  },
  'standard input': { args: ['call', GET_PORTS, '-'], code: 0, out: ['of-input'] },
  'a method without major': { args: ['call', 'DhcpPluginApi.getPorts', '["a"]', '--json'], code: 0, out: /^\["a"\]\n$/ },
  'a server by name': {
    args: ['call', PORTS, NETWORK, '--to', 'ports-1'],
    code: 0,
    out: expect.objectContaining({ server: 'ports-1' }),
  },
  'a version that arguments need': {
    args: ['call', PORTS, STATUS],
    code: 0,
    out: expect.objectContaining({ server: 'ports-2' }),
  },
  'a version above that': {
    args: ['call', PORTS, NETWORK, '--needs', '1.5'],
    code: 0,
    out: expect.objectContaining({ server: 'ports-2' }),
  },
  'a version below it': {
    args: ['call', PORTS, STATUS, '--needs', '1.4'],
    code: 0,
    out: expect.objectContaining({ chosenBy: ['network'] }),
  },
  'the facts of a call': {
    args: ['call', PORTS, STATUS, '--verbose'],
    code: 0,
    err: /^attempt 1: to any server at 1\.5, ok after [\d.]+ ms, \d+ bytes sent\ncall: ok after [\d.]+ ms, 1 message, needs 1\.5, contract 1\.5, \d+ bytes received\n$/,
  },
  'a result of nothing': { args: ['call', `${DHCP}.updatePort`, '["port-1"]'], code: 0, out: null },
  'a client without services': {
    user: 'client',
    args: ['call', GET_PORTS, '["a"]', '--topic', 'neutron/q-plugin'],
    code: 0,
    out: ['a'],
  },
  'dates and bytes': {
    args: ['call', 'Archive.store', '{"piece":{"taken":"2026-01-31T12:00:00Z","content":"AAEC"},"until":"2026-02-01T00:00:00Z"}'],
    code: 0,
    out: { at: '2026-02-01T00:00:00.000Z', digest: 'AAEC' },
  },
  'a stream': { args: ['call', 'Agent.follow', '[3]'], code: 0, out: /^0\n1\n2\n$/ },
  'the first items of a stream': { args: ['call', 'Agent.follow', '[100]', '--limit', '2'], code: 0, out: /^0\n1\n$/ },
  progress: { args: ['call', 'Agent.reload', '[4]', '--monitor'], code: 0, out: 4, err: 'progress: {"done":"half\\u001b"}\n' },
  context: { args: ['call', 'Agent.reload', '[-1]', '--set-context', 'tenant=blue'], code: 0, out: -5, err: '' },
  'a field that is misspelt': {
    args: ['call', GET_PORTS, '{"host":"a","filter":{"networkId":"n","macAdress":"x"}}'],
    code: 2,
    err: /^error: DhcpPluginApi@1\.getPorts: filter\.macAdress: is not a field \(Did you mean macAddress\?\)\n {2}show its arguments: concord describe DhcpPluginApi@1\.getPorts\n$/,
  },
  'a value of another type': {
    args: ['call', GET_PORTS, '{"host":5,"filter":{}}'],
    code: 2,
    err: /host: must be a string; filter: must have required property 'networkId'/,
  },
  'a date that is none': {
    args: ['call', 'Archive.store', '{"piece":{"taken":"yesterday"}}'],
    code: 2,
    err: /piece\.taken: must be a Date/,
  },
  'a missing argument': { args: ['call', GET_PORTS], code: 2, err: /host: is required/ },
  'an argument that is misspelt': {
    args: ['call', GET_PORTS, '--arg', 'hst=a'],
    code: 2,
    err: /has no argument hst \(Did you mean host\?\)\n {2}its arguments: host, filter, limit\n/,
  },
  'an argument that is given twice': {
    args: ['call', GET_PORTS, '["a"]', '--arg', 'host=b'],
    code: 2,
    err: /host is given twice/,
  },
  'too many arguments': { args: ['call', GET_PORTS, '[1,2,3,4]'], code: 2, err: /4 arguments are given; the method takes 3/ },
  'arguments that are not JSON': { args: ['call', GET_PORTS, '{host:1}'], code: 2, err: /the arguments are not JSON: / },
  'an argument that is not JSON': {
    args: ['call', GET_PORTS, '--arg', 'limit=many'],
    code: 2,
    err: /limit is "many"\n {2}write JSON: number/,
  },
  'a text as arguments': { args: ['call', GET_PORTS, '"node-1"'], code: 2, err: /write an object of arguments by name/ },
  'a file that is not there': { args: ['call', GET_PORTS, '@none.json'], code: 2, err: /file none\.json does not exist/ },
  'a time that is none': { args: ['call', GET_PORTS, '--timeout', 'soon'], code: 2, err: /Write a time: 500ms, 10s or 2m\./ },
  'a version that is not served': {
    args: ['call', PORTS, NETWORK, '--needs', '1.9'],
    code: 2,
    err: /newest server of PortsApi@1 is at 1\.5/,
  },
  'a method without name': { args: ['call', DHCP], code: 2, err: /names no method\n {2}name one: DhcpPluginApi@1\.METHOD/ },
  'a server that is not running': {
    args: ['call', PORTS, NETWORK, '--to', 'ports-9'],
    code: 5,
    err: /^error: \[no_servers\] server ports-9 of upgrade\/ports is not running; running: ports-1, ports-2\n[^\n]*\n {2}the call did not run\n$/,
  },
  'a method that is not served': {
    args: ['call', `${DHCP}.getPort`],
    code: 6,
    err: /no method getPort \(Did you mean getPorts\?\)/,
  },
  'a cast as a call': {
    args: ['call', `${DHCP}.releaseDhcpPort`, '["a","b"]'],
    code: 6,
    err: /has the mode cast: it has no result\n {2}send it: concord cast DhcpPluginApi@1\.releaseDhcpPort\n/,
  },
  'a user who may not call': {
    user: 'operator',
    args: ['call', GET_PORTS, '["a"]'],
    code: 6,
    err: /^error: \[permission_denied\] /,
  },
  'a declared error': {
    args: ['call', `${DHCP}.updatePort`, '["port-7"]'],
    code: 7,
    err: 'error: [declared] PortNotFound: no port port-7\n  {"portId":"port-7","name":"PortNotFound"}\n  the call ran\n',
  },
  'a failure as JSON': {
    args: ['call', `${DHCP}.updatePort`, '["port-0"]', '--json'],
    code: 7,
    err: /^\{"error":\{"code":"internal",.*\}\}\n$/,
  },
  'a call that takes too long': {
    args: ['call', 'Agent.reload', '[999]', '--timeout', '1500ms'],
    code: 8,
    err: /^error: \[deadline_exceeded\] [\s\S]*\n {2}the call may have run\n$/,
  },
  'a cast': {
    args: ['cast', `${DHCP}.releaseDhcpPort`, '["a","cast"]'],
    code: 0,
    out: /^sent DhcpPluginApi@1\.releaseDhcpPort\n$/,
  },
  'a fanout': {
    args: ['fanout', `${DHCP}.releaseDhcpPort`, '["a","fanout"]', '--json'],
    code: 0,
    out: { sent: 'DhcpPluginApi@1.releaseDhcpPort' },
  },
  'every server': {
    args: ['each', PORTS, STATUS],
    code: 0,
    out: /^(?=[\s\S]*^ports-1 {2}\{)(?=[\s\S]*^ports-2 {2}\{)/m,
    err: '2 servers, 0 failed\n',
  },
  'servers with a label': {
    args: ['each', PORTS, NETWORK, '--where', 'zone=a', '--batch', '10', '--json'],
    code: 0,
    out: { server: 'ports-1', value: { server: 'ports-1', ports: ['port-1', 'port-2'], chosenBy: ['network'] } },
    err: '1 server, 0 failed\n',
  },
  'servers at a version': { args: ['each', PORTS, NETWORK, '--versions', '1.5'], code: 0, out: /^ports-2 {2}[^\n]*\n$/ },
  'no server that fits': {
    args: ['each', PORTS, NETWORK, '--where', 'zone=c'],
    code: 5,
    out: /^$/,
    err: '0 servers, 0 failed\n',
  },
  'every server, of which one fails': {
    args: ['each', `${DHCP}.updatePort`, '["port-7"]', '--json'],
    code: 7,
    out: expect.objectContaining({ server: 'controller-1', error: expect.objectContaining({ code: 'declared' }) }),
    err: '1 server, 1 failed\n',
  },
};

const QUIET = { warn: () => undefined, error: () => undefined };
let fleet: LiveFleet;
const ended = new Map<string, Ended>();
beforeAll(async () => {
  fleet = await startLiveFleet();
  const handlers = {
    reload: async (value: number) => {
      const { tenant, caller, progress } = rpcContext();
      if (value === 999) await new Promise(() => undefined);
      if (value > 0) progress.call(rpcContext(), { done: 'half\u001b' });
      return value < 0 && tenant === 'blue' && caller === 'concord' ? -5 : value;
    },
    async *follow(to: number) {
      for (let item = 0; item < to; item++) yield item;
    },
  };
  await fleet.serve(new RpcServer(fleet.transport, { server: 'agent-1', logger: QUIET }).register(Agent, handlers));
  const archive = new RpcServer(fleet.transport, { server: 'archive-1' }).register(Archive, {
    store: (piece, limit) => ({ at: limit!, digest: piece.content! }),
    load: () => [],
  });
  await fleet.serve(archive);
  writeFileSync(join(fleet.cwd, 'arguments.json'), '{"host":"of-file"}');
  writeFileSync(join(fleet.cwd, 'filter.json'), '{"networkId":"n","macAddress":"of-file"}');
  // the lines of `--verbose` come from channels of the whole process
  const run = async ([name, { user = 'caller', args }]: [string, Case]) =>
    ended.set(name, await fleet.run(user, args, { input: '{"host":"of-input"}' }));
  const isVerbose = ([, { args }]: [string, Case]) => args.includes('--verbose');
  const cases = Object.entries(CASES);
  await inGroups(cases.filter(isVerbose), run);
  await inGroups(
    cases.filter((each) => !isVerbose(each)),
    run,
  );
});
afterAll(() => fleet.stop());

test.each(Object.keys(CASES))('%s', (name) => {
  const { code, out, err } = CASES[name]!;
  const result = ended.get(name)!;
  if (err instanceof RegExp) expect(result.err).toMatch(err);
  else if (err !== undefined) expect(result.err).toBe(err);
  expect(result.code).toBe(code);
  if (out instanceof RegExp) expect(result.out).toMatch(out);
  else if (out !== undefined) expect(JSON.parse(result.out)).toEqual(out);
  else if (code !== 0) expect(result.out).toBe('');
});

test('casts and fanouts arrive', async () => {
  await until(() => fleet.released.length === 2);
  expect([...fleet.released].sort()).toEqual(['a cast', 'a fanout']);
});

test('a stream without end ends when the command is stopped', async () => {
  const stopped = new AbortController();
  const onOut = (out: string) => {
    if (out.split('\n').length > 10) stopped.abort();
  };
  const { code, err } = await fleet.run('caller', ['call', 'Agent.follow', '[1e9]'], { signal: stopped.signal, onOut });
  expect({ code, err }).toEqual({ code: 0, err: '' });
});
