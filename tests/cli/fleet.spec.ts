/** matrix and can-deploy: from files, and from a live fleet over NATS, which commands ask as processes. */

import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { NatsTransport, RpcServer } from 'concord-rpc';
import { DhcpPluginApi } from '../fixtures/contracts/dhcp-plugin-api';
import { startDelayProxy } from '../fixtures/presence/delay-proxy';
import { commit, portsProject, portsSource } from './ports-project';
import { concordBeside, concordHere, type Folder, makeFolder } from './run-concord';

const KEY = 'Ports@1';
let folder: Folder;
beforeAll(() => {
  folder = portsProject();
  folder.concord('contract', 'snapshot', '--release', KEY);
  commit(folder, '1.0');
  folder.write({
    'src/ports.ts': portsSource({ version: '1.1', listArgs: "host: string, limit: number = 10, @Since('1.1') status?: string" }),
    'env.json': JSON.stringify({
      servers: [{ contract: '1.0', instances: 2 }],
      clients: [
        { name: 'agent', instances: 37, contract: '1.0', uses: [{ method: 'list', args: ['host'] }] },
        { name: 'ui', instances: 3, contract: '1.1', uses: [{ method: 'list', args: ['host', 'status'] }] },
      ],
    }),
    'unknown.json': JSON.stringify({ clients: [{ name: 'cron-job' }] }),
    'wrong.json': '{\n  "clients": [{ "nam": "x" }]\n}\n',
  });
  folder.concord('contract', 'snapshot');
  folder.write({ 'broken.json': folder.git('show', 'HEAD:concord.contract.json').replace('"limit"', '"most"') });
});
afterAll(() => folder.remove());
const contract = (...args: string[]) => concordHere(folder.path, ['contract', ...args]);

test('a matrix of one contract at its versions, and of a half-upgraded fleet', async () => {
  const { code, out } = await contract('matrix', KEY, '--versions', '1.0..1.1', '--fleet', '1.0,1.1');
  expect(code).toBe(0);
  expect(out).toBe(
    [
      'Ports@1             server 1.0               server 1.1  fleet 1.0 1.1 (versioned subjects)',
      'client 1.0  list    ok                       ok          ok',
      '            update  ok                       ok          ok',
      'client 1.1  list    ok ▸ reject (needs 1.1)  ok          ok',
      '            update  ok                       ok          ok',
      'A ▸ B: A with the required arguments only, B with all arguments',
      '0 breaks · 0 rejects',
      '',
    ].join('\n'),
  );
  expect((await contract('matrix', KEY)).out).toContain('server 1.0');
  const plain = JSON.parse((await contract('matrix', KEY, '--fleet', '1.0,1.1', '--subjects', 'plain', '--json')).out);
  expect(
    plain.rows.find((row: { client: string; method: string }) => row.client === '1.1' && row.method === 'list').fleet.most
      .outcome,
  ).toBe('reject');
});

test('a matrix of files of their own shows breaks: exit code 1', async () => {
  const { code, out } = await contract('matrix', KEY, '--clients', '1.0', 'git:HEAD', '--servers', 'broken.json');
  expect(code).toBe(1);
  expect(out).toMatch(/client 1\.0 {2}list +break ARG_/);
});

test.each<[string, string[], RegExp]>([
  ['an endpoint that is not there', ['matrix', 'Prts@1'], /has no endpoint Prts@1 \(Did you mean Ports@1\?\)/],
  [
    'a version that is not there',
    ['matrix', KEY, '--versions', '1.0..1.4'],
    /Ports@1 has no version 1\.4; the contract is at 1\.1/,
  ],
  ['a range the wrong way round', ['matrix', KEY, '--versions', '1.1..1.0'], /1\.0 is older than 1\.1/],
  ['no version', ['matrix', KEY, '--versions', 'new'], /\[invalid_version\]/],
  ['no fleet', ['can-deploy', KEY], /^error: can-deploy needs a fleet/],
  [
    'an environment that is no such file',
    ['can-deploy', KEY, '--env', 'wrong.json'],
    /^wrong\.json:2:15: clients\/0 lacks "name"/m,
  ],
  [
    'an environment that is not there',
    ['can-deploy', KEY, '--env', 'gone.json'],
    /^error: environment file gone\.json does not exist/,
  ],
  ['an assumption of nothing', ['can-deploy', KEY, '--env', 'env.json', '--assume', 'x'], /Write NAME=CONTRACT/],
])('%s is exit code 2', async (_what, args, message) => {
  const { code, err } = await contract(...args);
  expect(err).toMatch(message);
  expect(code).toBe(2);
});

test.each<[string, string[], number, RegExp]>([
  ['versioned subjects', [], 0, /client ui +×3 +contract 1\.1 +ok[\s\S]*\nYES\n$/],
  ['plain subjects', ['--subjects', 'plain'], 1, /\nNO: ui would fail\n$/],
  ['the version before', ['--version', '1.0'], 1, /list reject \(needs 1\.1\)[\s\S]*\nNO: ui would fail\n$/],
  [
    'a client that is in no list',
    ['--clients', 'unknown.json'],
    4,
    /\nCANNOT TELL: the contract of cron-job is unknown\n.*--assume cron-job=1\.0/,
  ],
  ['the same, taken to be at 1.0', ['--clients', 'unknown.json', '--assume', 'cron-job=1.0'], 0, /\nYES\n$/],
  ['the same, left out', ['--clients', 'unknown.json', '--ignore', 'cron-job'], 0, /\nYES\n$/],
])('can-deploy into an environment of a file, with %s', async (_what, options, code, expected) => {
  const ended = await contract('can-deploy', KEY, '--env', 'env.json', ...options);
  expect(ended.out).toMatch(expected);
  expect(ended.code).toBe(code);
});

describe('a live fleet', () => {
  let nats: NatsServer;
  let transport: NatsTransport;
  let server: RpcServer;
  let live: Folder;
  const LIVE = 'DhcpPluginApi@1';
  const DHCP_JSON = 'dhcp.json';

  beforeAll(async () => {
    nats = await startNatsServer();
    transport = await NatsTransport.connect({ servers: nats.url });
    server = new RpcServer(transport, { server: 'controller-1' }).register(DhcpPluginApi, {
      getPorts: () => [],
      updatePort: () => undefined,
      releaseDhcpPort: () => undefined,
    });
    await server.start();
    const config = { entries: [`${__dirname}/../fixtures/contracts/dhcp-plugin-api.ts`], contract: DHCP_JSON };
    live = makeFolder({
      'concord.config.json': JSON.stringify(config),
      'clients.json': JSON.stringify({ clients: [{ name: 'agent', contract: '1.2' }] }),
    });
    expect(live.concord('contract', 'snapshot').code).toBe(0);
  });
  afterAll(async () => {
    await server.stop();
    await transport.close();
    await nats.stop();
    live.remove();
  });

  test('says what it serves, and that is what its code says', async () => {
    const same = await concordHere(live.path, ['contract', 'diff', DHCP_JSON, `${nats.url}/${LIVE}`]);
    expect(same).toMatchObject({ code: 0, err: '', out: expect.stringContaining('0 errors, 0 warnings, 0 notes.') });
    const other = await concordHere(live.path, ['contract', 'diff', nats.url, DHCP_JSON, '--json']);
    expect({ code: other.code, findings: JSON.parse(other.out).findings }).toEqual({ code: 0, findings: [] });
  });

  test('takes a version whose clients are known, and cannot tell without', async () => {
    const known = await concordHere(live.path, ['contract', 'can-deploy', LIVE, '--env', nats.url, '--clients', 'clients.json']);
    expect(known).toMatchObject({ code: 0, out: expect.stringContaining('1 server of DhcpPluginApi@1 (1.3 ×1)') });
    const unknown = await concordHere(live.path, ['contract', 'can-deploy', LIVE, '--live', nats.url]);
    expect(unknown).toMatchObject({ code: 4, out: expect.stringContaining('CANNOT TELL: no client of the fleet is known') });
  });

  test('a server behind a link of 30 ms counts, and --expect states how many there are', async () => {
    const proxy = await startDelayProxy(nats);
    const away = await NatsTransport.connect({ servers: proxy.url });
    const far = new RpcServer(away, { server: 'far' }).register(DhcpPluginApi, {
      getPorts: () => [],
      updatePort: () => undefined,
      releaseDhcpPort: () => undefined,
    });
    try {
      await far.start();
      Object.assign(proxy, { fromBroker: 30, toBroker: 30 });
      const deploy = (...more: string[]) =>
        concordHere(live.path, ['contract', 'can-deploy', LIVE, '--live', nats.url, '--clients', 'clients.json', ...more]);
      const known = await deploy('--expect', '2');
      expect(known).toMatchObject({ code: 0, out: expect.stringContaining('(1.3 ×2)') });
      expect(known.out).toContain('\n  2 servers answered; expected: 2\n');
      const [tooFew, matrix, wrong] = await Promise.all([
        deploy('--expect', '3'),
        concordHere(live.path, ['contract', 'matrix', LIVE, '--live', nats.url, '--expect', '3']),
        deploy('--expect', 'all'),
      ]);
      expect(tooFew.out).toContain('\nCANNOT TELL: 2 servers of the 3 expected answered\n  start the missing servers');
      expect(tooFew.code).toBe(4);
      expect(matrix.err).toContain('note: 2 servers answered; expected: 3\n');
      expect(matrix.code).toBe(4);
      expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('Write a whole number from 1 to 999999.') });
    } finally {
      await far.stop();
      await away.close();
      await proxy.stop();
    }
  }, 60_000);

  test('a fleet under another root is found with --root; a token that cannot be one is refused', async () => {
    const transport = await NatsTransport.connect({ servers: nats.url, root: 'lab' });
    const handlers = { getPorts: () => [], updatePort: () => undefined, releaseDhcpPort: () => undefined };
    const server = new RpcServer(transport, { server: 'of-lab' }).register(DhcpPluginApi, handlers);
    const diff = (...more: string[]) => concordHere(live.path, ['contract', 'diff', DHCP_JSON, `${nats.url}/${LIVE}`, ...more]);
    try {
      await server.start();
      expect(await diff('--root', 'lab')).toMatchObject({ code: 0 });
      expect(await diff('--root', 'empty')).toMatchObject({ code: 5, err: expect.stringContaining('no server answered') });
      for (const option of ['--root', '--inbox']) {
        expect(await diff(option, 'a.b')).toMatchObject({
          code: 2,
          err: expect.stringContaining('correct the URL, --inbox or --root'),
        });
      }
    } finally {
      await server.stop();
      await transport.close();
    }
  }, 60_000);

  test('the command exits with 5 if no server answers, and if NATS is not reachable', async () => {
    const unanswered = await concordHere(folder.path, ['contract', 'can-deploy', KEY, '--env', nats.url]);
    expect(unanswered).toMatchObject({ code: 5, err: expect.stringContaining('no server answered') });
    const nothing = await concordHere(folder.path, ['contract', 'diff', 'concord.contract.json', 'nats://me:secret@127.0.0.1:1']);
    expect(nothing).toMatchObject({ code: 5, err: expect.stringContaining('cannot connect to NATS at nats://127.0.0.1:1') });
  });

  test.each([
    'nats://me:hun/hunter2@127.0.0.1:1',
    `nats://me:hunt/hunter2@127.0.0.1:1/${KEY}`,
    'nats://127.0.0.1:1?token=hunter2',
    'NATS://me:hunter2@127.0.0.1:1',
    'me:hunter2@127.0.0.1:1',
  ])('no text of the command has the password in %s', async (url) => {
    for (const words of [
      ['diff', 'concord.contract.json', url],
      ['can-deploy', KEY, '--env', url],
      ['check', '--against', url],
    ]) {
      const run = words[0] === 'check' ? concordBeside : concordHere; // check loads code of the project
      const { out, err, code } = await run(folder.path, ['contract', ...words]);
      expect(code).not.toBe(0);
      expect(`${out}${err}`).not.toMatch(/hunt/);
    }
  });
});

test.each<[string, object, string[], number, RegExp]>([
  ['an explicit empty list of clients is none', { servers: [{ contract: '1.0' }], clients: [] }, [], 0, /YES/],
  ['a list that is left out is unknown', { servers: [{ contract: '1.0' }] }, [], 4, /CANNOT TELL/],
  ['a major without clients may be dropped', { servers: [{ contract: '1.0' }], clients: [] }, ['--without-major'], 0, /YES/],
  [
    'a major that a client uses may not be dropped',
    { servers: [{ contract: '1.0' }], clients: [{ name: 'agent', contract: '1.0', uses: [{ method: 'list' }] }] },
    ['--without-major'],
    1,
    /NO: agent would fail/,
  ],
])('%s', async (_what, env, args, code, out) => {
  folder.write({ 'asked.json': JSON.stringify(env) });
  const ended = await contract('can-deploy', KEY, '--env', 'asked.json', ...args);
  expect(ended.out).toMatch(out);
  expect(ended.code).toBe(code);
});

test('a matrix shows a server that has dropped the major', async () => {
  const { code, out } = await contract('matrix', KEY, '--versions', '1.0', '--without-major');
  expect(out).toMatch(/server 1\.0 +server none/);
  expect(out).toMatch(/list +ok +no-endpoint/);
  expect(code).toBe(1);
});
