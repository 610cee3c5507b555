/** Delivery to one, some or all of several servers, in memory and through a nats-server. */
import { type Client, createClient, isRpcError, RpcServer } from 'concord-rpc';
import { type BrokerOfTests, useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { type DeliveryCase, titleOf } from './cases/cases';
import { SPLIT } from './cases/classification';
import type { Reason } from './cases/differences';
import { handMadeContract } from './hand-made-contract';

const { matching, differing } = SPLIT.delivery;

interface Delivered {
  /** Returns the name of the server that runs it. */
  m(): Promise<string>;
  /** The number of times that this server has run `m`. */
  runs(): Promise<number>;
}

const titled = (each: DeliveryCase) => {
  const times = each.times === 1 ? '' : ` ${each.times} times`;
  return titleOf(each, `${each.driver}: ${each.kind} ${JSON.stringify(each.prepare)}${times}`);
};

/** The contract of an exchange and topic; `null` and `undefined` are the usual ones. */
function contractIn(exchange?: string | null, topic?: string | null) {
  const endpoint = { exchange: exchange ?? undefined, topic: topic ?? 'delivery', name: 'Delivered' };
  return handMadeContract<Delivered>(endpoint, [{ name: 'm' }, { name: 'runs' }]);
}

/** The call or cast of a case, on a client whose contract has the exchange and topic of the case. */
function sender(client: Client<Delivered>, { kind, prepare: { server, fanout } }: DeliveryCase): () => Promise<unknown> {
  const to = server == null ? client : client.$to(server);
  if (kind === 'call') return to.m;
  return fanout ? to.$fanout.m : to.$cast.m;
}

/** The outcome of a case: runs by server, and the results of the sender. */
async function outcomeOf(broker: BrokerOfTests, observed: DeliveryCase) {
  const running: RpcServer[] = [];
  for (const { server: name, exchange } of observed.servers) {
    let runs = 0;
    const m = () => {
      runs++;
      return name;
    };
    const server = new RpcServer(await broker.connect(), { server: name });
    running.push(server.register(contractIn(exchange), { m, runs: () => runs }));
    await server.start();
  }
  const transport = await broker.connect();
  // longer than a test may take: who is not there has to show at once
  const client = createClient(transport, contractIn(observed.prepare.exchange, observed.prepare.topic), { timeout: 60_000 });
  const send = sender(client, observed);
  const caught = (thrown: unknown) => (isRpcError(thrown) ? { code: thrown.code, executed: thrown.executed } : thrown);
  const results = await Promise.all(Array.from({ length: observed.times }, () => send().catch(caught)));
  const received: Record<string, number> = {};
  for (const { server, exchange } of observed.servers) {
    // what one connection sends arrives in order: when this is answered, everything before has arrived
    const runs = await createClient(transport, contractIn(exchange)).$to(server).runs();
    if (runs > 0) received[server] = runs;
  }
  await Promise.all(running.map((server) => server.stop()));
  return { received, results };
}

type Outcome = Awaited<ReturnType<typeof outcomeOf>>;

/** The number of answers of each server. */
function answers({ results }: Outcome): Record<string, number> {
  const count: Record<string, number> = {};
  for (const name of results as string[]) count[name] = (count[name] ?? 0) + 1;
  return count;
}

/** The servers of the exchange that a case sends in. */
function inExchange({ servers, prepare: { exchange } }: DeliveryCase): string[] {
  return servers.filter((each) => each.exchange === (exchange ?? undefined)).map(({ server }) => server);
}

function expectAsOslo(observed: DeliveryCase, outcome: Outcome) {
  const { expect: expected } = observed;
  if (!('received_by' in expected)) throw new Error(`${observed.id} does not say who received it`);
  const { received_by: receivers } = expected;
  if (typeof receivers !== 'string') {
    expect(outcome).toEqual({ received: Object.fromEntries(receivers.map((name) => [name, 1])), results: [undefined] });
    expect(expected.result).toBeNull();
    return;
  }
  expect(receivers).toBe('exactly one competing consumer');
  expect(inExchange(observed)).toEqual(expect.arrayContaining(Object.keys(outcome.received)));
  expect(Object.values(outcome.received)).toEqual([1]);
  if (expected.reply_is_from_the_receiver) expect(answers(outcome)).toEqual(outcome.received);
  else expect(outcome.results).toEqual([undefined]);
}

/** Concord's behaviour in place of oslo.messaging's, by reason. */
const INSTEAD: Partial<Record<Reason, (observed: DeliveryCase, outcome: Outcome) => void>> = {
  'absent-server': ({ expect: expected }, { received, results }) => {
    expect(expected).toEqual({ received_by: [], result: { error: 'MessagingTimeout' } });
    expect({ received, results }).toEqual({ received: {}, results: [{ code: 'no_servers', executed: 'no' }] });
  },
  'exchange-isolation': (observed, outcome) => {
    const { kind, times } = observed;
    expect(Object.keys(outcome.received).sort()).toEqual(inExchange(observed));
    const total = Object.values(outcome.received).reduce((sum, runs) => sum + runs);
    expect(total).toBe(kind === 'call' ? times : inExchange(observed).length);
    if (kind === 'call') expect(answers(outcome)).toEqual(outcome.received);
  },
};

describe.each(brokers)('$name', ({ start }) => {
  const broker = useBroker(start);

  describe('as oslo.messaging', () => {
    test.each(matching.map((observed) => [titled(observed), observed] as const))('%s', async (_, observed) => {
      expectAsOslo(observed, await outcomeOf(broker, observed));
    });
  });

  describe('differs on purpose', () => {
    test.each(differing.map((each) => [`${titled(each.observed)}: ${each.reason}`, each] as const))(
      '%s',
      async (_, { observed, reason }) => INSTEAD[reason]!(observed, await outcomeOf(broker, observed)),
    );
  });
});
