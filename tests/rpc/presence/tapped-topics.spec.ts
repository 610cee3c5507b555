/**
 * Topics that others are subscribed to as well, so that the broker reports no "no responders". A client refuses all the same what no server serves, sends
 * older forms, and loses no message silently.
 */
import { startNatsServer } from '@concord-rpc/testing';
import { createClient, NatsTransport, RpcServer, type Transport } from 'concord-rpc';
import { connect } from 'nats';
import type { Broker } from '../../fixtures/brokers';
import { collect } from '../../fixtures/collect';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { PORTS, Ports11, Ports13, portsHandlers } from '../../fixtures/contracts/ports';
import { failure } from '../../fixtures/failure';
import { eventually, recordOf, useFleet } from '../../fleet/fleet';

const FULL = { network: 'n', mac: 'fa:16:3e:00:00:01' };

const requestsIn = (sent: ReturnType<typeof recordOf>) =>
  sent.map(({ subject }) => subject).filter((subject) => /\.(count|getPorts|changed)\.\d$/.test(subject));

/** A tap on a broker. Returns the function that takes it away. */
type Tap = (url: string) => Promise<() => Promise<void>>;

const subscription: Tap = async (url) => {
  const connection = await connect({ servers: url });
  connection.subscribe('rpc.>');
  await connection.flush();
  return () => connection.close();
};

const recording: Tap = async (url) => {
  const connection = await connect({ servers: url });
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ name: 'audit', subjects: ['rpc.>'], storage: 'memory' as never });
  return () => connection.close();
};

/** Starts a broker with a tap on it. `untap` takes it away. */
async function tapped(tap: Tap): Promise<Broker & { readonly url: string; untap(): Promise<void> }> {
  const server = await startNatsServer({
    config: `jetstream { store_dir: "${process.env.TMPDIR ?? '/tmp'}/concord-${process.pid}" }`,
  });
  const untap = await tap(server.url);
  const open: Transport[] = [];
  return {
    url: server.url,
    untap,
    async connect() {
      const transport = await NatsTransport.connect({ servers: server.url });
      open.push(transport);
      return transport;
    },
    async stop() {
      await Promise.all(open.map((transport) => transport.close()));
      await untap();
      await server.stop();
    },
  };
}

describe.each([
  ['a plain subscription', subscription],
  ['a stream that records', recording],
])('with %s to every subject', (_what, tap) => {
  const fleet = useFleet(() => tapped(tap));
  const client = () => createClient(fleet.transport, Ports13, { timeout: 20_000 });

  test('what no server serves is refused before it is sent, in every way of calling one server', async () => {
    await fleet.serve('a', '1.2');
    const sent = recordOf(fleet.transport);
    const calls = [
      client().count('h'),
      client().$to('a').count('h'),
      client().$cast.count('h'),
      client().$to('a').$cast.count('h'),
    ];
    for (const call of calls) {
      expect(await failure(call)).toMatchObject({
        code: 'unsupported_version',
        executed: 'no',
        rawMessage: 'Ports.count needs 1.3; served: 1.2 ×1',
      });
    }
    expect(await failure(client().$to('missing').getPorts('h'))).toMatchObject({
      code: 'no_servers',
      executed: 'no',
      rawMessage: 'server missing of fleet/ports is not running; running: a',
    });
    expect(requestsIn(sent)).toEqual([]);
  });

  test('a part that no server serves is left out, in every way of calling', async () => {
    await fleet.serve('a', '1.1');
    const got = { server: 'a', host: 'h' };
    await expect(client().getPorts('h', FULL)).resolves.toEqual(got);
    await expect(client().$to('a').getPorts('h', FULL)).resolves.toEqual(got);
    expect(await collect(client().watch('h', FULL))).toEqual([got]);
    await client().$cast.changed('h', FULL);
    await client().$fanout.changed('h', FULL);
    await fleet.settled();
    expect(fleet.casts).toEqual([got, got]);
  });

  test('a call that a server takes is sent as it was written, in a fleet of several versions', async () => {
    await fleet.serve('old', '1.1');
    await fleet.serve('new', '1.3');
    const answers = await Promise.all(Array.from({ length: 20 }, () => client().getPorts('h', FULL)));
    expect(answers).toEqual(Array(20).fill({ server: 'new', host: 'h', filter: FULL }));
    await expect(client().count('h')).resolves.toBe(1);
  });

  test('without any server nothing is known: a call and a cast end at their deadlines, and neither is said to be sent', async () => {
    const brief = createClient(fleet.transport, Ports13, { timeout: 2_500 });
    const errors = await Promise.all([failure(brief.getPorts('h')), failure(brief.$cast.changed('h'))]);
    for (const error of errors) expect(error).toMatchObject({ code: 'deadline_exceeded', executed: 'maybe' });
  });

  test('a call with a short timeout is sent before the servers have answered; one that is cancelled meanwhile is not', async () => {
    await fleet.serve('a', '1.1');
    const brief = createClient(fleet.transport, Ports13, { timeout: 300 });
    expect(await failure(brief.count('h'))).toMatchObject({ code: 'deadline_exceeded', executed: 'maybe' });
    const cancelling = new AbortController();
    const cancelled = client().$with({ signal: cancelling.signal }).count('h');
    cancelling.abort();
    expect(await failure(cancelled)).toMatchObject({ code: 'cancelled', executed: 'no' });
  });

  test('casts keep their order and their arguments while they wait to be judged', async () => {
    await fleet.serve('a', '1.3');
    const filter = { network: '0' };
    const casts = Array.from({ length: 20 }, (_, index) => {
      filter.network = String(index);
      return client().$cast.changed('h', filter);
    });
    await Promise.all(casts);
    expect(fleet.casts.map((cast) => cast.filter)).toEqual(casts.map((_, index) => ({ network: String(index) })));
  });

  test('a cast to a server that has gone without a word is not said to be delivered', async () => {
    const transport = await fleet.broker.connect();
    const server = new RpcServer(transport, { server: 'a', logger: fleet.broker.logger });
    await server.register(PORTS['1.3'], portsHandlers('a', fleet.casts)).start();
    const brief = createClient(fleet.transport, Ports13, { timeout: 1_500 });
    await brief.$cast.changed('h');
    expect(fleet.casts).toHaveLength(1);
    jest.spyOn(transport, 'publish').mockImplementation(() => undefined);
    await server.stop({ now: true });
    expect(await failure(brief.$cast.changed('h'))).toMatchObject({ code: 'deadline_exceeded', executed: 'maybe' });
  });

  test('a server that starts is called within moments, although calls were refused before', async () => {
    await fleet.serve('a', '1.1');
    const own = client();
    expect(await failure(own.count('h'))).toMatchObject({ code: 'unsupported_version' });
    await fleet.serve('b', '1.3');
    await eventually(() => own.count('h').then(Boolean, () => false), 'the new server is called');
  });
});

describe('on a broker that is tapped later', () => {
  let broker: Awaited<ReturnType<typeof tapped>>;
  beforeEach(async () => {
    broker = await tapped(async () => async () => undefined);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await broker.stop();
  });

  const now = performance.now.bind(performance);
  let passed = 0;

  /** Makes the time pass after which the broker is probed again. */
  function passTime(): void {
    passed += 4_000;
    jest.spyOn(performance, 'now').mockImplementation(() => now() + passed);
  }

  test('no cast is lost silently, and calls are refused from the first check on', async () => {
    const client = createClient(await broker.connect(), Ports11, { timeout: 1_500 });
    expect(await failure(client.getPorts('h'))).toMatchObject({ code: 'no_servers', executed: 'no' });
    expect(await failure(client.$cast.changed('h'))).toMatchObject({ code: 'no_servers', executed: 'no' });
    const untap = await subscription(broker.url);
    passTime();
    expect(await failure(client.$cast.changed('h'))).toMatchObject({ code: 'deadline_exceeded', executed: 'maybe' });
    await untap();
    passTime();
    await eventually(async () => (await failure(client.getPorts('h'))).code === 'no_servers', 'the broker is trusted again');
  });

  test('a client that may send nothing but its calls sends them as before', async () => {
    const server = await startNatsServer({
      config: `authorization { users = [
        { user: all, password: p }
        { user: one, password: p, permissions: { publish: "rpc.fleet.ports.any._.1.getPorts.0", subscribe: "rpcr.>" } }
      ] }`,
    });
    const open = (user: string) => NatsTransport.connect({ servers: server.url, user, pass: 'p', logger: collectingLogger() });
    const [all, one] = await Promise.all([open('all'), open('one')]);
    const running = new RpcServer(all!, { server: 'a' }).register(Ports11, portsHandlers('a'));
    try {
      await running.start();
      await expect(createClient(one!, Ports11).getPorts('h')).resolves.toEqual({ server: 'a', host: 'h' });
      await running.stop();
      expect(await failure(createClient(one!, Ports11).getPorts('h'))).toMatchObject({ code: 'no_servers', executed: 'no' });
    } finally {
      await running.stop({ now: true });
      await Promise.all([all!.close(), one!.close()]);
      await server.stop();
    }
  });
});
