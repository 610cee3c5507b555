/** The samples that each outcome of a call adds, on both sides. */
import 'reflect-metadata';
import { prometheusMetrics } from '@concord-rpc/prometheus';
import { type Client, createClient, RpcError, RpcServer } from 'concord-rpc';
import { Registry } from 'prom-client';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { handlers, Ledger, OldLedger } from '../fixtures/contracts/ledger';
import { samplesOnce } from './samples';

/** A call, and the samples that it adds. */
interface Row {
  readonly does: (client: Client<Ledger>) => Promise<unknown>;
  readonly adds: readonly string[];
  /** The server serves version 1.1 of the contract. */
  readonly old?: true;
  readonly denies?: true;
}

const CALLER = 'callers Ledger 1.2 = 1';

const rows: Readonly<Record<string, Row>> = {
  'a call': {
    does: (client) => client.add(1),
    adds: ['attempts Ledger/add = 1', CALLER, 'client Ledger/add ok call = 1', 'server Ledger/add ok call = 1'],
  },
  'a declared error': {
    does: (client) => client.add(-1),
    adds: ['attempts Ledger/add = 1', CALLER, 'client Ledger/add declared call = 1', 'server Ledger/add declared call = 1'],
  },
  'an expected error': {
    does: (client) => client.add(-2),
    adds: ['attempts Ledger/add = 1', CALLER, 'client Ledger/add internal call = 1', 'server Ledger/add expected call = 1'],
  },
  'a failure': {
    does: (client) => client.add(-3),
    adds: ['attempts Ledger/add = 1', CALLER, 'client Ledger/add internal call = 1', 'server Ledger/add internal call = 1'],
  },
  'an invalid argument': {
    does: (client) => client.add('x' as never),
    adds: [
      'attempts Ledger/add = 1',
      'client Ledger/add invalid_argument call = 1',
      'refused invalid_argument = 1',
      'server Ledger/add invalid_argument call = 1',
    ],
  },
  'a call that is not sent': {
    does: (client) => client.$with({ versionCap: '1.0' }).add(1),
    adds: ['client Ledger/add version_capped call = 1'],
  },
  'a denied call': {
    does: (client) => client.add(1),
    adds: [
      'attempts Ledger/add = 1',
      'client Ledger/add permission_denied call = 1',
      'refused permission_denied = 1',
      'server Ledger/add permission_denied call = 1',
    ],
    denies: true,
  },
  'a cast': {
    does: (client) => client.$cast.note('x'),
    adds: ['attempts Ledger/note = 1', 'client Ledger/note ok cast = 1', 'server Ledger/note ok cast = 1'],
  },
  'a fanout': {
    does: (client) => client.$fanout.note('x'),
    adds: ['attempts Ledger/note = 1', 'client Ledger/note ok fanout = 1', 'server Ledger/note ok fanout = 1'],
  },
  'a fanout in two forms, which is no fallback': {
    does: (client) => client.$fanout.add(1, 'note'),
    adds: ['attempts Ledger/add = 2', 'client Ledger/add ok fanout = 1', 'server Ledger/add ok fanout = 1'],
  },
  'a stream': {
    does: (client) => collect(client.count(5)),
    adds: ['attempts Ledger/count = 1', CALLER, 'client Ledger/count ok stream = 1', 'server Ledger/count ok stream = 1'],
  },
  'calls to all servers': {
    does: (client) => collect(client.$with({ each: { batch: 1 } }).$each.add(1)),
    adds: ['attempts Ledger/add = 1', CALLER, 'client Ledger/add ok each = 1', 'server Ledger/add ok call = 1'],
  },
  'an older form': {
    does: (client) => client.add(1, 'note'),
    adds: [
      'attempts Ledger/add = 2',
      'callers Ledger _OTHER = 1', // the server does not know that version 1.2 exists
      'client Ledger/add ok call = 1',
      'older form Ledger/add = 1',
      'server Ledger/add ok call = 1',
    ],
    old: true,
  },
  'a call that no server serves': {
    does: (client) => client.fresh(),
    adds: ['attempts Ledger/fresh = 1', 'client Ledger/fresh unsupported_version call = 1'],
    old: true,
  },
};

const refuse = async () => {
  throw new RpcError('permission_denied', 'not you', { executed: 'no' });
};

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);

  test.each(Object.entries(rows))('%s', async (_, { does, adds, old, denies }) => {
    const options = { server: 's', logger: broker.logger, ...(denies && { access: refuse as never }) };
    const server = new RpcServer(await broker.connect(), options);
    if (old) server.register(OldLedger, { add: handlers.add });
    else server.register(Ledger, handlers);
    await broker.startServer(server);
    const register = new Registry();
    const metrics = prometheusMetrics({ register, servers: [server] });
    try {
      await does(createClient(broker.transport, Ledger)).catch(() => undefined);
      // the server may end after its client
      expect(await samplesOnce(register, ({ length }) => length >= adds.length)).toEqual(adds);
    } finally {
      metrics.end();
    }
  });
});
