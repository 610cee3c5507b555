/** The facts that subscribers of the diagnostics channels get: for each way in which a call can go, on both sides. */
import 'reflect-metadata';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type AttemptFacts, type CallFacts, channels, type RefusalFacts, type RequestFacts } from '@concord-rpc/core/engine';
import { type Client, createClient, RpcError, RpcServer } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { handlers, Ledger, NoMoney, Odd, OldLedger } from '../fixtures/contracts/ledger';
import { until } from '../fixtures/until';

interface Seen {
  readonly calls: CallFacts[];
  readonly attempts: AttemptFacts[];
  readonly requests: RequestFacts[];
  readonly refusals: RefusalFacts[];
  /** Operations that have begun and not ended. */
  open: number;
}

/** Collects facts in the order of their ends, until the test ends. */
function useChannels(): () => Seen {
  let seen: Seen;
  let stop: (() => void)[] = [];
  beforeEach(() => {
    seen = { calls: [], attempts: [], requests: [], refusals: [], open: 0 };
    const listen = <F extends object>(channel: { subscribe(on: object): void; unsubscribe(on: object): void }, into: F[]) => {
      const on = {
        start: () => void seen.open++,
        end: () => undefined,
        asyncStart: () => undefined,
        asyncEnd: (facts: F) => {
          seen.open--;
          into.push(facts);
        },
        error: () => undefined,
      };
      channel.subscribe(on);
      stop.push(() => channel.unsubscribe(on));
    };
    listen(channels.call as never, seen.calls);
    listen(channels.attempt as never, seen.attempts);
    listen(channels.request as never, seen.requests);
    const onRefusal = (facts: unknown) => void seen.refusals.push(facts as RefusalFacts);
    subscribe('concord.server.refusal', onRefusal);
    stop.push(() => unsubscribe('concord.server.refusal', onRefusal));
  });
  afterEach(() => {
    for (const each of stop) each();
    stop = [];
  });
  return () => seen;
}

const refuse = async () => {
  throw new RpcError('permission_denied', 'not you', { executed: 'no' });
};

/** A call, and the parts of the facts that it must give. */
interface Row {
  readonly does: (client: Client<Ledger>) => Promise<unknown>;
  readonly call: Partial<CallFacts>;
  readonly attempts?: readonly Partial<AttemptFacts>[];
  readonly request?: Partial<RequestFacts>;
  readonly refused?: string;
  /** The server serves version 1.0 of the contract. */
  readonly old?: true;
  readonly denies?: true;
}

const rows: Readonly<Record<string, Row>> = {
  'a call': {
    does: (client) => client.add(1),
    call: {
      mode: 'call',
      contract: 'Ledger',
      method: 'add',
      needs: '1.1',
      contractVersion: '1.2',
      attempts: 1,
      verdict: 'ok',
      executed: 'yes',
    },
    attempts: [{ number: 1, needs: '1.1', verdict: 'ok', executed: 'yes' }],
    request: {
      mode: 'call',
      contract: 'Ledger',
      method: 'add',
      asked: 'books.add',
      needs: '1.1',
      contractVersion: '1.2',
      callerVersion: '1.2',
      verdict: 'ok',
    },
  },
  'a declared error': {
    does: (client) => client.add(-1),
    call: { verdict: 'declared', executed: 'yes' },
    attempts: [{ verdict: 'declared' }],
    request: { verdict: 'declared', executed: 'yes', thrown: expect.any(NoMoney) },
  },
  'an expected error': {
    does: (client) => client.add(-2),
    call: { verdict: 'internal', attempts: 1 },
    request: { verdict: 'expected', executed: 'yes', thrown: expect.any(Odd) },
  },
  'a failure': {
    does: (client) => client.add(-3),
    call: { verdict: 'internal', executed: 'yes', attempts: 1 },
    request: { verdict: 'internal', thrown: expect.objectContaining({ message: 'secret' }) },
  },
  'an invalid argument': {
    does: (client) => client.add('x' as never),
    call: { verdict: 'invalid_argument', executed: 'no', attempts: 1 },
    request: { verdict: 'invalid_argument', executed: 'no', queued: undefined },
    refused: 'invalid_argument',
  },
  'a call that the gate refuses': {
    does: (client) => client.$with({ versionCap: '1.0' }).add(1),
    call: { verdict: 'version_capped', executed: 'no', attempts: 0, bytesSent: 0 },
    attempts: [],
  },
  'a denied call': {
    does: (client) => client.add(1),
    call: { verdict: 'permission_denied', executed: 'no' },
    request: { verdict: 'permission_denied', executed: 'no' },
    refused: 'permission_denied',
    denies: true,
  },
  'a cast': {
    does: (client) => client.$cast.note('x'),
    call: { mode: 'cast', verdict: 'ok', executed: 'maybe', attempts: 1 },
    attempts: [{ number: 1, verdict: 'ok' }],
    request: { mode: 'cast', verdict: 'ok', bytesSent: 0 },
  },
  'a fanout': {
    does: (client) => client.$fanout.note('x'),
    call: { mode: 'fanout', verdict: 'ok' },
    attempts: [],
    request: { mode: 'fanout', verdict: 'ok' },
  },
  'a stream': {
    does: async (client) => collect(client.count(5)),
    call: { mode: 'stream', verdict: 'ok', items: 5 },
    attempts: [{ verdict: 'ok' }],
    request: { mode: 'stream', verdict: 'ok' },
  },
  'a stream that is left': {
    does: async (client) => {
      for await (const _ of client.count(1e9)) return;
    },
    call: { mode: 'stream', verdict: 'ok', items: 1 },
    request: { mode: 'stream', verdict: 'ok' },
  },
  'calls to all servers': {
    does: async (client) => collect(client.$each.add(1)),
    call: { mode: 'each', verdict: 'ok', items: 1 },
    attempts: [],
    request: { mode: 'call', verdict: 'ok' },
  },
  'calls to all servers, a few at a time': {
    does: async (client) => collect(client.$with({ each: { batch: 1 } }).$each.add(1)),
    call: { mode: 'each', verdict: 'ok', items: 1, attempts: 1, isOlderForm: false },
    attempts: [],
    request: { mode: 'call', verdict: 'ok' },
  },
  'an older form': {
    does: (client) => client.add(1, 'note'),
    call: { needs: '1.2', verdict: 'ok', isOlderForm: true, attempts: 2 },
    attempts: [
      { number: 1, needs: '1.2', verdict: 'no_servers', executed: 'no' },
      { number: 2, needs: '1.1', verdict: 'ok' },
    ],
    request: { needs: '1.1', contractVersion: '1.1', callerVersion: '1.2' },
    old: true,
  },
  'a call that no server serves': {
    does: (client) => client.fresh(),
    call: { needs: '1.2', verdict: 'unsupported_version', executed: 'no' },
    old: true,
  },
};

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  const channelsSeen = useChannels();

  test.each(Object.entries(rows))('%s', async (_, { does, call, attempts, request, refused, old, denies }) => {
    const options = { server: 's', logger: broker.logger, ...(denies && { access: refuse as never }) };
    const server = new RpcServer(await broker.connect(), options);
    if (old) server.register(OldLedger, { add: handlers.add });
    else server.register(Ledger, handlers);
    await broker.startServer(server);
    await does(createClient(broker.transport, Ledger, { context: { caller: 'tester' } })).catch(() => undefined);
    const seen = channelsSeen();
    await until(() => seen.open === 0 && (request === undefined || seen.requests.length > 0));
    expect(seen.calls).toMatchObject([call]);
    if (attempts !== undefined) expect(seen.attempts).toMatchObject(attempts);
    expect(seen.attempts.every((attempt) => attempt.call === seen.calls[0])).toBe(true);
    if (request !== undefined) expect(seen.requests).toMatchObject([{ ...request, server: 's', caller: 'tester' }]);
    expect(seen.refusals.map(({ error }) => error.code)).toEqual(refused === undefined ? [] : [refused]);
    const [{ bytesSent, bytesReceived }] = seen.calls as [CallFacts];
    if (seen.requests.length > 0) expect(bytesSent).toBeGreaterThan(0);
    const [served] = seen.requests;
    if (served !== undefined && served.bytesSent > 0) expect(bytesReceived).toBe(served.bytesSent);
  });
});
