/** Servers of several releases on one broker, and the messages that their clients send. */
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, RpcServer, type RpcServerOptions, type Transport } from 'concord-rpc';
import { type BrokerOfTests, useBroker } from '../fixtures/broker-of-tests';
import type { Broker } from '../fixtures/brokers';
import { PORTS, portsHandlers, type Seen } from '../fixtures/contracts/ports';

/** A fleet of test servers. */
export class Fleet {
  /** The casts that handlers received, by server. */
  readonly casts: Seen[] = [];
  private readonly servers = new Map<string, RpcServer>();

  constructor(readonly broker: BrokerOfTests) {}

  /** The connection that clients use. */
  get transport(): Transport {
    return this.broker.transport;
  }

  /** Starts a server of a release. */
  async serve(name: string, version: keyof typeof PORTS, options: RpcServerOptions = {}): Promise<RpcServer> {
    const server = new RpcServer(await this.broker.connect(), { logger: this.broker.logger, ...options, server: name });
    server.register(PORTS[version], portsHandlers(name, this.casts));
    this.servers.set(name, server);
    return this.broker.startServer(server);
  }

  async stopServer(name: string): Promise<void> {
    await this.servers.get(name)!.stop();
    this.servers.delete(name);
  }

  /** Resolves when every server has read all earlier fanouts. */
  async settled(): Promise<void> {
    for (const name of this.servers.keys()) await createClient(this.transport, PORTS['1.1']).$to(name).getPorts('settled');
  }

  /** Forgets the servers and casts of a test. */
  clear(): void {
    this.servers.clear();
    this.casts.length = 0;
  }
}

/** A fleet for each test of the enclosing block, without servers at first. Ends the mocks of the test too. */
export function useFleet(start: () => Promise<Broker>): Fleet {
  afterEach(() => {
    jest.restoreAllMocks();
    fleet.clear();
  });
  const fleet = new Fleet(useBroker(start));
  return fleet;
}

/** Returns whether a message only finds out whether the broker reports "no responders". */
export function isProbe(subject: string): boolean {
  return /(\.9){11}$/.test(subject);
}

/** Records each message that is published on a transport from now on, as subject and text; probes are left out. */
export function recordOf(transport: Transport): { readonly subject: string; readonly text: string }[] {
  const record: { subject: string; text: string }[] = [];
  const publish = transport.publish.bind(transport);
  jest.spyOn(transport, 'publish').mockImplementation((subject, data, reply) => {
    if (!isProbe(subject)) record.push({ subject, text: Buffer.from(data).toString() });
    publish(subject, data, reply);
  });
  return record;
}

/** Waits until a condition holds. Fails after 10 seconds, naming the condition. */
export async function eventually(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let round = 0; round < 400; round++) {
    if (await holds()) return;
    await delay(25);
  }
  throw new Error(`still not so: ${what}`);
}
