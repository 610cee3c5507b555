/** `stats().methods` of servers and `$stats()` of clients: each way in which a call can go, counted once on each side. */
import 'reflect-metadata';
import { type Client, createClient, RpcError, RpcServer } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { handlers, Ledger, OldLedger } from '../fixtures/contracts/ledger';
import { until } from '../fixtures/until';

interface Row {
  readonly method?: 'add' | 'note' | 'count' | 'fresh';
  readonly does: (client: Client<Ledger>) => Promise<unknown>;
  /** The counts of the client and of the server; `undefined` if the server does not have the method. */
  readonly client: Counts;
  readonly server: Counts | undefined;
  readonly serves?: 'old';
  readonly options?: ConstructorParameters<typeof RpcServer>[1];
}

/** The counts of a method. */
interface Counts {
  readonly started: number;
  readonly ended: Readonly<Record<string, number>>;
}

const never: Counts = { started: 0, ended: {} };
const ok = { started: 1, ended: { ok: 1 } };
const ended = (verdict: string, started = 1) => ({ started, ended: { [verdict]: 1 } });
const deny = () => 'not today';

const ROWS: Readonly<Record<string, Row>> = {
  'a call': { does: (client) => client.add(1), client: ok, server: ok },
  'a declared error': { does: (client) => client.add(-1), client: ended('declared'), server: ended('declared') },
  'an expected error': { does: (client) => client.add(-2), client: ended('internal'), server: ended('expected') },
  'a failure': { does: (client) => client.add(-3), client: ended('internal'), server: ended('internal') },
  'an invalid argument': {
    does: (client) => client.add('x' as never),
    client: ended('invalid_argument'),
    server: ended('invalid_argument', 0),
  },
  'a call that the gate refuses': {
    does: (client) => client.$with({ versionCap: '1.0' }).add(1),
    client: ended('version_capped'),
    server: never,
  },
  'a denied call': {
    does: (client) => client.add(1),
    client: ended('permission_denied'),
    server: ended('permission_denied', 0),
    options: { access: deny },
  },
  'a refusal of an interceptor': {
    does: (client) => client.add(1),
    client: ended('overloaded'),
    server: ended('overloaded'),
    options: { interceptors: [async () => Promise.reject(new RpcError('overloaded', 'later', { executed: 'no' }))] },
  },
  'a cast': { method: 'note', does: (client) => client.$cast.note('x'), client: ok, server: ok },
  'a fanout': { method: 'note', does: (client) => client.$fanout.note('x'), client: ok, server: ok },
  'a misused method': { method: 'note', does: (client) => client.note('x'), client: ended('invalid_target'), server: never },
  'a stream': { method: 'count', does: (client) => collect(client.count(5)), client: ok, server: ok },
  'a stream that is left': {
    method: 'count',
    does: async (client) => {
      for await (const _ of client.count(1e9)) return;
    },
    client: ok,
    server: ok,
  },
  'a stream that is refused': {
    method: 'count',
    does: (client) => collect(client.count('x' as never)),
    client: ended('invalid_argument'),
    server: ended('invalid_argument', 0),
  },
  'calls to all servers': { does: (client) => collect(client.$each.add(1)), client: ok, server: ok },
  'calls to all servers, by name': {
    does: (client) => collect(client.$with({ each: { batch: 1 } }).$each.add(1)),
    client: ok,
    server: ok,
  },
  'an older form': { does: (client) => client.add(1, 'note'), client: ok, server: ok, serves: 'old' },
  'a call that no server serves': {
    method: 'fresh',
    does: (client) => client.fresh(),
    client: ended('unsupported_version'),
    server: undefined,
    serves: 'old',
  },
};

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);

  test.each(Object.entries(ROWS))(
    '%s',
    async (_, { method = 'add', does, client, server, serves, options }) => {
      const running = new RpcServer(await broker.connect(), { server: 's', logger: broker.logger, ...options });
      if (serves === 'old') running.register(OldLedger, { add: handlers.add });
      else running.register(Ledger, handlers);
      await broker.startServer(running);
      const ledger = createClient(broker.transport, Ledger, { retry: false });
      await does(ledger).catch(() => undefined);
      const counted = () => running.stats().methods[`Ledger@1.${method}`];
      // casts end at the server after their sender was told, and a stream that was left after its reader
      await until(() => !server?.ended || server === never || Object.keys(counted()!.ended).length > 0);
      expect(counted()).toEqual(server);
      expect(ledger.$stats()).toEqual({ ...{ add: never, note: never, count: never, fresh: never }, [method]: client });
    },
    10_000,
  );

  test('calls of derived clients count together, and a batched call as others', async () => {
    await broker.startServer(
      new RpcServer(await broker.connect(), { server: 's', logger: broker.logger }).register(Ledger, handlers),
    );
    const ledger = createClient(broker.transport, Ledger, { batch: true });
    await ledger.$servers();
    await Promise.all(Array.from({ length: 20 }, (_, index) => ledger.add(index)));
    await ledger.$to('s').add(1);
    await ledger.$with({ timeout: 1_000 }).add(1);
    expect(ledger.$stats().add).toEqual({ started: 22, ended: { ok: 22 } });
  });
});
