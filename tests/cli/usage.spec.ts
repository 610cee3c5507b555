/** can-deploy against a live fleet over NATS: what its servers have counted of their callers decides. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replySubjects, subjects } from '@concord-rpc/core/wire';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { createClient, NatsTransport, RpcServer, type Transport } from 'concord-rpc';
import { DhcpPluginApi } from '../fixtures/contracts/dhcp-plugin-api';
import { type Answer, type Seen, scriptedServer, wireError } from '../fixtures/scripted-server';
import { concordBeside, concordHere, type Folder, makeFolder } from './run-concord';

const KEY = 'DhcpPluginApi@1';
const ADDRESS = { root: 'rpc', exchange: 'neutron', topic: 'q-plugin' };
let nats: NatsServer;
let transport: Transport;
let folder: Folder;

beforeAll(async () => {
  nats = await startNatsServer();
  transport = await NatsTransport.connect({ servers: nats.url });
  const entries = [`${__dirname}/../fixtures/contracts/dhcp-plugin-api.ts`];
  folder = makeFolder({ 'concord.config.json': JSON.stringify({ entries }) });
  expect(folder.concord('contract', 'snapshot').code).toBe(0);
});
afterAll(async () => {
  await transport.close();
  await nats.stop();
  folder.remove();
});

const servers: RpcServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));
async function serve(name = 'controller-1'): Promise<void> {
  const server = new RpcServer(transport, { server: name }).register(DhcpPluginApi, {
    getPorts: () => [],
    updatePort: () => undefined,
    releaseDhcpPort: () => undefined,
  });
  servers.push(server);
  await server.start();
}

/** The committed contract, changed. */
function candidate(change: (methods: Record<string, unknown>) => void): string {
  const name = 'candidate.json';
  const contract = JSON.parse(readFileSync(join(folder.path, 'concord.contract.json'), 'utf8'));
  change(contract.endpoints[KEY].methods);
  folder.write({ [name]: JSON.stringify(contract) });
  return name;
}
const canDeploy = (...options: string[]) =>
  concordHere(folder.path, ['contract', 'can-deploy', KEY, '--env', nats.url, ...options]);
const ui = () => createClient(transport, DhcpPluginApi, { context: { caller: 'ui' } });

test('a breaking change stops a deployment only if a caller uses the changed method or argument', async () => {
  await serve();
  await ui().getPorts('node-1');
  const contract = candidate((methods) => delete methods['updatePort']);
  const nobodyUsesIt = await canDeploy('--contract', contract, '--window', '0');
  expect(nobodyUsesIt).toMatchObject({ code: 0, err: '' });
  const [environment, answered, window, client, answer] = nobodyUsesIt.out.split('\n');
  expect(environment).toBe(`environment ${nats.url}: 1 server of ${KEY} (1.3 ×1), 1 client`);
  expect(answered).toBe('  1 server answered');
  expect(window).toMatch(/^ {2}callers counted by 1 server over \d+ s$/);
  expect(client).toMatch(/^ {2}client ui +1 call, last \d+ s ago +contract 1\.3 +ok$/);
  expect(answer).toBe('YES');

  await createClient(transport, DhcpPluginApi).updatePort('port-1');
  const somebodyDoes = await canDeploy('--contract', contract, '--window', '0');
  const guide = readFileSync(join(__dirname, '../../docs/guides/evolving-a-contract.md'), 'utf8');
  const [, shown] = /^```text\n\$ npx @concord-rpc\/cli contract can-deploy .*\n([\s\S]*?)^```/m.exec(guide)!;
  const timeless = (text: string) => text.replaceAll(/nats:\/\/[\w.:]+\b/g, 'URL').replaceAll(/\d+ [smhd]\b/g, 'TIME');
  expect(timeless(somebodyDoes.out)).toBe(timeless(shown!));
  expect(somebodyDoes).toMatchObject({ code: 1, out: expect.stringMatching(/\nNO: callers-at-1\.3 would fail\n$/) });
  const args = ['contract', 'can-deploy', KEY, '--env', nats.url, '--contract', contract, '--window', '0'];
  expect(await concordBeside(folder.path, args)).toEqual({ ...somebodyDoes, out: expect.stringMatching(/\nNO: callers/) });
  expect((await canDeploy('--contract', contract, '--window', '0', '--ignore', 'callers-at-1.3')).code).toBe(0);
});

test('who has looked for a moment only cannot say yes, and says so', async () => {
  await serve();
  await ui().getPorts('node-1');
  const { code, out } = await canDeploy();
  expect(out).toMatch(/\nCANNOT TELL: servers have counted callers for \d+ s; --window requires 60 m\n/);
  expect(code).toBe(4);
  const json = await canDeploy('--json');
  expect(JSON.parse(json.out)).toMatchObject({
    key: KEY,
    environment: nats.url,
    usage: { servers: 1, longest: expect.any(Number), shortest: expect.any(Number) },
    answer: 'cannot tell',
    why: expect.stringContaining('--window requires'),
    clients: [{ client: 'ui', seen: { calls: 1 }, version: '1.3', answer: 'yes', uses: [{ method: 'getPorts', outcome: 'ok' }] }],
  });
  const wrong = await canDeploy('--window', 'long');
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('Write a time: 90s, 15m') });
});

test('callers that say no version can be assumed to be at one, left out, or named in a file', async () => {
  await serve();
  const inbox = replySubjects.prefixOf('rpc', 'by-hand', 'c');
  const answered = new Promise((deliver) => transport.subscribe(replySubjects.anyOf(inbox), { deliver }));
  const subject = subjects.methodSubject(subjects.anyPrefix(ADDRESS), {
    namespace: 'dhcp',
    major: 1,
    minor: 1,
    method: 'getPorts',
  });
  const evil = '\u001b[31mred\nYES';
  transport.publish(
    subject,
    Buffer.from(JSON.stringify({ context: { caller: evil }, args: ['h'] })),
    replySubjects.subjectOf(inbox, 's', 0),
  );
  await answered;
  const unknown = await canDeploy('--window', '0');
  expect(unknown.code).toBe(4);
  expect(unknown.out).toContain('CANNOT TELL: \ufffd[31mred\ufffdYES: its calls declare no version\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(unknown.out).not.toMatch(/\u001b|^YES/m);
  expect((await canDeploy('--window', '0', '--assume', `${evil}=1.1`)).code).toBe(0);
  expect((await canDeploy('--window', '0', '--ignore', evil, 'ui')).out).toMatch(/\nYES\n$/);
  folder.write({ 'clients.json': JSON.stringify({ clients: [{ name: evil, contract: '1.3', uses: [{ method: 'gone' }] }] }) });
  expect(await canDeploy('--clients', 'clients.json')).toMatchObject({ code: 0, out: expect.stringContaining('×1') });
});

test.each<[string, (request: Seen) => Answer, RegExp]>([
  [
    'of an older release refuses the question',
    ({ subject }) => (subject.endsWith('usage.0') ? wireError('unknown_namespace', 'no') : described()),
    /callers-of-odd: its release does not count callers\n/,
  ],
  [
    'denies it',
    ({ subject }) => (subject.endsWith('usage.0') ? wireError('permission_denied', 'no') : described()),
    /callers-of-odd: it answered permission_denied\n/,
  ],
  [
    'answers it with garbage',
    ({ subject }) => (subject.endsWith('usage.0') ? { result: { server: 'odd', seconds: -1, uses: 'many' } } : described()),
    /callers-of-odd: it answered protocol_error\n/,
  ],
  [
    'has a contract that is none',
    ({ subject }) => (subject.endsWith('usage.0') ? undefined : { result: { server: 'odd', contract: { contract: 7 } } }),
    /callers-of-odd: its contract is unreadable\n/,
  ],
])('a server that %s leaves the answer open, and is named', async (_what, answer, expected) => {
  await serve();
  await ui().getPorts('node-1');
  const lines = [subjects.allPrefix(ADDRESS), subjects.serverPrefix(ADDRESS, 'odd')];
  const other = await NatsTransport.connect({ servers: nats.url });
  for (const prefix of lines) await scriptedServer(other, subjects.systemSubject(prefix, '*'), answer);
  try {
    const open = await canDeploy('--window', '0');
    expect(open.out).toMatch(expected);
    expect(open.out).toContain('ignore the client: --ignore callers-of-odd\n');
    expect(open.code).toBe(4);
    expect((await canDeploy('--window', '0', '--ignore', 'callers-of-odd')).code).toBe(0);
  } finally {
    await other.close();
  }
});

function described(): Answer {
  const contract = JSON.parse(readFileSync(join(folder.path, 'concord.contract.json'), 'utf8'));
  return { result: { server: 'odd', contract } };
}

test('a matrix of a live fleet: its servers as they are, its clients as they have been seen', async () => {
  const matrix = (...options: string[]) => concordHere(folder.path, ['contract', 'matrix', KEY, '--live', nats.url, ...options]);
  await serve();
  const uncounted = await matrix('--json');
  expect(uncounted.err).toBe(
    'note: 1 server answered\nnote: no server has counted a caller with a known contract; the clients are versions of the contract\n',
  );
  expect(JSON.parse(uncounted.out)).toMatchObject({ servers: ['1.3'], fleet: ['1.3'], rows: [{ client: '1.3' }, {}, {}] });
  await serve('controller-2');
  await ui().$to('controller-1').getPorts('node-1');
  await ui().$to('controller-2').getPorts('node-1', { networkId: 'n', macAddress: 'm' });
  const contract = candidate((methods) => delete methods['getPorts']);
  const seen = await matrix('--servers', contract, '1.2', '--subjects', 'plain');
  expect(seen.out).toBe(
    [
      `${KEY}                          server 1.3            server 1.2          fleet 1.3 1.3 (plain subjects)`,
      'client ui 1.3    getPorts(host)          break METHOD_REMOVED  ok                  ok',
      '                 getPorts(host, filter)  break METHOD_REMOVED  reject (needs 1.3)  ok',
      '2 breaks · 1 reject',
      '',
    ].join('\n'),
  );
  expect(seen.code).toBe(1);
  expect((await matrix('--versions', '1.1..1.3')).out).toMatch(/^client 1\.1 +getPorts +ok/m);
  expect(await matrix('--fleet', '1.3')).toMatchObject({ code: 2, err: expect.stringContaining('cannot be used with') });
});

test('what stands in the URL beside the address is shown nowhere', async () => {
  await serve();
  await ui().getPorts('node-1');
  const url = nats.url.replace('//', '//me:s3c@ret@');
  const { code, out, err } = await canDeploy('--window', '0', '--env', url);
  expect(`${out}${err}`).not.toMatch(/me:|s3c|ret@/);
  expect({ code, environment: out.split(': ')[0] }).toEqual({ code: 0, environment: `environment ${nats.url}` });
  const gone = await canDeploy('--env', 'nats://me:s3c@ret@127.0.0.1:1');
  expect(gone).toMatchObject({ code: 5, out: '' });
  expect(gone.err).not.toMatch(/me:|s3c|ret@/);
});
