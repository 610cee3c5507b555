/** The inspector on a live fleet whose broker has logins: what the page gets, as each user. */
import 'reflect-metadata';
import { once } from 'node:events';
import type { CallStep, FleetChange, ShownServer } from '@concord-rpc/inspector';
import { createClient } from 'concord-rpc';
import { PortsApi as PortsApi14 } from '../../examples/rolling-upgrade/src/release-1.4/ports-api';
import { deferred } from '../fixtures/deferred';
import { type Ended, type LiveFleet, portsServer, startLiveFleet } from '../live/live-fleet';
import { enter, open, send } from './raw-http';

let fleet: LiveFleet;
beforeAll(async () => {
  fleet = await startLiveFleet();
  const agent = createClient(fleet.transport, PortsApi14, { context: { caller: 'agent' } });
  for (let count = 0; count < 3; count++) await agent.getPorts('node-1', { network: 'net-7' });
});
afterAll(() => fleet.stop());

/** An inspector that runs, as its page sees it. */
interface Inspected {
  get(path: string): Promise<any>;
  post(path: string, body: object): Promise<string>;
  /** The servers by name, as soon as `isThere` is true for them. */
  servers(isThere: (servers: ReadonlyMap<string, ShownServer>) => boolean): Promise<ReadonlyMap<string, ShownServer>>;
  /** The events of calls that pass, until one of them has a text. Calls `act` again and again meanwhile. */
  watched(endpoint: string, wanted: string, act: () => Promise<unknown>): Promise<string>;
  end(): Promise<Ended>;
}

async function inspect(user: string, ...args: readonly string[]): Promise<Inspected> {
  const stopped = new AbortController();
  const address = deferred<string>();
  const ended = fleet.run(user, ['inspect', '--json', ...args], {
    signal: stopped.signal,
    onOut: (out) => address.resolve(JSON.parse(out).url),
  });
  const url = await Promise.race([address.promise, ended.then(({ err }) => Promise.reject<string>(new Error(err)))]);
  const { base, cookie } = await enter(url);
  const headers = { cookie, 'content-type': 'application/json' };
  return {
    get: async (path) => JSON.parse((await send(url, { path: `${base}${path}`, headers })).text),
    post: async (path, body) =>
      (await send(url, { path: `${base}${path}`, method: 'POST', headers, body: JSON.stringify(body) })).text,
    servers: async (isThere) => {
      const known = new Map<string, ShownServer>();
      const events = await open(url, { path: `${base}events`, headers });
      let text = '';
      while (!isThere(known)) {
        text += String((await once(events, 'data'))[0]);
        const parts = text.split('\n\n');
        text = parts.pop()!;
        for (const part of parts) {
          const change = JSON.parse(/^data: (.*)$/m.exec(part)?.[1] ?? '{"set":[],"left":[]}') as FleetChange;
          for (const server of change.set) known.set(server.server, server);
          for (const key of change.left) known.delete(key.split(' ')[1]!);
        }
      }
      events.destroy();
      return known;
    },
    watched: async (endpoint, wanted, act) => {
      const events = await open(url, { path: `${base}watch?endpoint=${endpoint}`, headers });
      let text = '';
      events.on('data', (chunk) => {
        text += chunk;
      });
      while (!text.includes(wanted)) await act();
      events.destroy();
      return text;
    },
    end: async () => {
      stopped.abort();
      return ended;
    },
  };
}

const stepsIn = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CallStep);

describe('as a user that asks and calls', () => {
  let page: Inspected;
  beforeAll(async () => {
    page = await inspect('caller');
    await page.servers((servers) => servers.size === 3);
  });
  afterAll(() => page.end());

  test('servers come with versions, labels and health, then with loads, and change', async () => {
    const loaded = await page.servers(
      (servers) => servers.size === 3 && [...servers.values()].every(({ load }) => load !== undefined),
    );
    expect(loaded.get('ports-2')).toMatchObject({
      ...{ topic: 'upgrade/ports', labels: { zone: 'b', rack: '7' }, health: 'up' },
      endpoints: [{ endpoint: 'PortsApi@1', version: '1.5' }],
      load: { callsPerSecond: 0, errorsPerSecond: 0, refusalsPerSecond: 0, milliseconds: null },
    });
    const [joined, server] = await Promise.all([
      page.servers((servers) => servers.has('ports-3')),
      fleet.serve(portsServer(fleet.transport, { name: 'ports-3', release: '1.4' })),
    ]);
    expect(joined.get('ports-3')!.endpoints).toEqual([{ endpoint: 'PortsApi@1', version: '1.4' }]);
    const left = page.servers((servers) => servers.size === 3);
    await server.stop();
    expect((await left).has('ports-3')).toBe(false);
  });

  test('the head has no secret', async () => {
    expect(await page.get('facts')).toEqual({ broker: fleet.broker.url, canCall: true, canWatch: true, notes: [] });
  });

  test('a contract has its texts, and the changes of each version', async () => {
    const { topic, versions, methods, history } = await page.get('contract?endpoint=PortsApi@1');
    expect([topic, versions]).toEqual(['upgrade/ports', { '1.4': 1, '1.5': 1 }]);
    expect(methods.getPorts).toMatchObject({ args: ['host: string', 'filter: PortFilter'], result: 'PortList' });
    const changed = Object.fromEntries(history.map(({ version, changes }: any) => [version, changes]));
    expect(Object.keys(changed)).toEqual(['1.5', '1.4', '1.3', '1.2', '1.1', '1.0']);
    expect(changed['1.5']).toContainEqual({ kind: 'added', element: 'PortFilter.status', text: expect.any(String) });
    expect(changed['1.0']).toContainEqual({ kind: 'added', element: 'getPorts', text: expect.any(String) });
  });

  test.each<[string, object, object]>([
    ['the least', { host: 'a', filter: { network: 'n' } }, { needs: '1.0', because: '1.0', servers: ['ports-1', 'ports-2'] }],
    [
      'more with a younger field',
      { host: 'a', filter: { network: 'n', status: 'UP' } },
      { needs: '1.5', because: '1.5 because of filter.status', servers: ['ports-2'] },
    ],
    ['none without an argument', { host: 'a' }, { problems: [{ path: 'filter' }] }],
    ['none with a wrong value', { host: 7, filter: { network: 'n' } }, { problems: [{ path: 'host' }] }],
    [
      'none with a field that is none',
      { host: 'a', filter: { network: 'n', statsu: 'UP' } },
      { problems: [{ path: 'filter.statsu' }] },
    ],
    [
      'none with an argument that is none',
      { hots: 'a' },
      { problems: [{ path: 'hots', message: 'is not an argument of this method' }] },
    ],
  ])('a call needs %s', async (_, args, judged) => {
    expect(JSON.parse(await page.post('judge', { endpoint: 'PortsApi@1', method: 'getPorts', args }))).toMatchObject(judged);
  });

  test('a call gives its result; a call that does not fit is not sent; a failure says whether it ran', async () => {
    const args = { host: 'node-1', filter: { network: 'n', status: 'UP' } };
    const call = { endpoint: 'PortsApi@1', method: 'getPorts', args };
    expect(stepsIn(await page.post('call', call))).toEqual([
      { kind: 'result', value: expect.objectContaining({ server: 'ports-2', mtu: 1500 }), milliseconds: expect.any(Number) },
    ]);
    expect(stepsIn(await page.post('call', { ...call, args: { host: 7 } }))).toEqual([
      expect.objectContaining({
        kind: 'error',
        code: 'invalid_argument',
        executed: 'no',
        message: expect.stringContaining('host'),
      }),
    ]);
    expect(stepsIn(await page.post('call', { ...call, to: 'ports-9', timeout: 2_000 }))).toEqual([
      expect.objectContaining({ kind: 'error', code: 'no_servers', executed: 'no' }),
    ]);
    const failing = { endpoint: 'DhcpPluginApi@1', method: 'updatePort', args: { portId: 'port-0' } };
    expect(stepsIn(await page.post('call', failing))).toEqual([
      expect.objectContaining({
        kind: 'error',
        code: 'internal',
        executed: 'yes',
        message: expect.not.stringContaining('database'),
      }),
    ]);
  });

  test('a cast is sent', async () => {
    const cast = { endpoint: 'DhcpPluginApi@1', method: 'releaseDhcpPort', args: { networkId: 'net', deviceId: 'device' } };
    expect(stepsIn(await page.post('call', cast))).toEqual([{ kind: 'result', milliseconds: expect.any(Number) }]);
    while (!fleet.released.includes('net device')) await new Promise((resolve) => setImmediate(resolve));
  });

  test('callers and the matrix say who calls what at which version', async () => {
    const { callers, counted } = await page.get('callers?endpoint=PortsApi@1');
    expect(callers).toContainEqual({ caller: 'agent', contract: '1.4', calls: 3, needs: '1.0', ago: expect.any(Number) });
    expect(counted).toMatchObject({ servers: 2, silent: 0 });
    const { servers, rows } = await page.get('matrix?endpoint=PortsApi@1');
    expect(servers).toEqual(['1.4', '1.5']);
    const agent = rows.find(({ client }: any) => client === 'agent 1.4');
    expect(agent).toMatchObject({ method: 'getPorts(host, filter)', cells: [[{ outcome: 'ok' }], [{ outcome: 'ok' }]] });
  });

  test('methods have their calls, errors and refusals', async () => {
    const bad = createClient(fleet.transport, PortsApi14, { context: { caller: 'bad' } });
    await bad.getPorts(7 as never, { network: 'net-7' }).catch(() => undefined);
    await page.servers(() => true); // counts are asked for while a page is open
    const counts = async () => (await page.get('methods?endpoint=PortsApi@1'))[0];
    const events = page.servers(({ size }) => size > 3);
    let found = await counts();
    while (!(found?.refusals >= 1)) found = await counts();
    expect(found).toMatchObject({ method: 'getPorts', errors: 0, refusals: 1 });
    const extra = await fleet.serve(portsServer(fleet.transport, { name: 'ports-4', release: '1.4' }));
    await events;
    await extra.stop();
  });

  test('an interface that no server serves is an error with a remedy', async () => {
    expect(await page.get('contract?endpoint=PortApi@1')).toEqual({
      error: expect.stringContaining('PortsApi'),
      remedy: expect.any(String),
    });
  });
});

test('a user that may not call sees the refusal of the broker', async () => {
  const page = await inspect('operator');
  await page.servers((servers) => servers.size === 3);
  const call = { endpoint: 'PortsApi@1', method: 'getPorts', args: { host: 'a', filter: { network: 'n' } } };
  expect(stepsIn(await page.post('call', call))).toEqual([
    expect.objectContaining({ kind: 'error', code: 'permission_denied', executed: 'no' }),
  ]);
  expect(await page.end()).toMatchObject({ code: 0, err: '' });
});

test('a user without the services protocol names its topic, and sees no loads', async () => {
  const page = await inspect('client', '--topic', 'neutron/q-plugin', '--read-only');
  const servers = await page.servers(({ size }) => size === 1);
  expect(servers.get('controller-1')).toMatchObject({ health: 'up' });
  let facts = await page.get('facts');
  const events = page.servers(({ size }) => size > 1).catch(() => undefined);
  while (facts.notes.length === 0) facts = await page.get('facts');
  expect(facts).toMatchObject({ canCall: false, notes: [expect.stringContaining('$SRV.STATS')] });
  expect(await page.post('call', {})).toContain('--read-only');
  expect((await page.end()).code).toBe(0);
  await events;
});

test('the address that is printed without --json opens the page', async () => {
  const stopped = new AbortController();
  const printed = deferred<string>();
  const ended = fleet.run('caller', ['inspect'], { signal: stopped.signal, onOut: (out) => printed.resolve(out) });
  const [url] = (await printed.promise).split('\n');
  expect((await enter(url!)).cookie).not.toBe('');
  stopped.abort();
  expect(await ended).toMatchObject({ code: 0, err: '', out: expect.stringContaining('open this address in a browser') });
});

test.each([['0'], ['65536'], ['http']])('--port %s is refused', async (port) => {
  expect(await fleet.run('caller', ['inspect', '--port', port])).toMatchObject({
    code: 2,
    err: expect.stringContaining('1 to 65535'),
  });
});

describe('calls as they pass', () => {
  const agent = () => createClient(fleet.transport, PortsApi14, { context: { caller: 'agent' } });

  test('an observer sees who calls what, and how it ended', async () => {
    const page = await inspect('observer');
    const client = agent();
    const text = await page.watched('PortsApi@1', '"outcome":"ok"', () => client.getPorts('node-1', { network: 'net-7' }));
    expect(text).toMatch(/"endpoint":"PortsApi@1","method":"getPorts","caller":"agent","server":"ports-\d","needs":"1\.0"/);
    await page.end();
  });

  test('another user is told which permission is missing', async () => {
    const page = await inspect('operator');
    const text = await page.watched('PortsApi@1', 'event: note', () => new Promise((resolve) => setTimeout(resolve, 20)));
    expect(text).toContain('permissions');
    await page.end();
  });
});
