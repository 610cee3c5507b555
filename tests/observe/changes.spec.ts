/** The facts about servers and connections that subscribers of the diagnostics channels get. */
import 'reflect-metadata';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ConnectionFacts, PresenceFacts } from '@concord-rpc/core/engine';
import { startNatsServer } from '@concord-rpc/testing';
import { createClient, Endpoint, NatsTransport, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { until } from '../fixtures/until';

@Endpoint({ exchange: 'fleet', topic: 'agents', namespace: 'x', version: '1.0' })
abstract class Agents {
  @RpcMethod({ since: '1.0' }) work(): Promise<void> {
    return remote();
  }
}

/** The events of a channel during a test. */
function useEvents<Facts>(channel: string): () => Facts[] {
  let seen: Facts[];
  const listen = (facts: unknown) => void seen.push(facts as Facts);
  beforeEach(() => {
    seen = [];
    subscribe(channel, listen);
  });
  afterEach(() => void unsubscribe(channel, listen));
  return () => seen;
}

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  const events = useEvents<PresenceFacts>('concord.presence');

  test('servers of this process, and servers that a client sees', async () => {
    const client = createClient(broker.transport, Agents);
    const server = new RpcServer(await broker.connect(), { server: 'a1' }).register(Agents, { work: async () => undefined });
    await broker.startServer(server);
    await client.$servers();
    await server.stop();
    await until(() => events().some(({ event }) => event === 'left'));
    const of = (names: readonly string[]) => events().filter(({ event }) => names.includes(event));
    const facts = (event: string) => ({ event, server: 'a1', topics: ['fleet/agents'] });
    expect(of(['started', 'stopping', 'stopped'])).toEqual(['started', 'stopping', 'stopped'].map(facts));
    expect(of(['joined', 'changed', 'left'])).toEqual(['joined', 'left'].map(facts));
  });
});

describe('a connection to NATS', () => {
  const events = useEvents<ConnectionFacts>('concord.connection');
  const quiet = { warn: () => undefined, error: () => undefined };

  test('is made, lost, made again and closed', async () => {
    const first = await startNatsServer();
    const { port, url } = first;
    const transport = await NatsTransport.connect({ servers: url, logger: quiet });
    await first.stop();
    await until(() => transport.status === 'disconnected');
    const second = await startNatsServer({ port });
    await until(() => transport.status === 'connected');
    await transport.close();
    await second.stop();
    const broker = expect.stringContaining(`:${port}`);
    expect(events()).toEqual(['connected', 'lost', 'reconnected', 'closed'].map((event) => ({ event, broker })));
  });
});
