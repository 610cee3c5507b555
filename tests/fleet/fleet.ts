/** Servers of several releases on one broker, and what travels between them and their clients. */
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, RpcServer, type RpcServerOptions, type Transport } from 'concord-rpc';
import { type Broker, quietLogger } from '../fixtures/brokers';
import { PORTS, portsHandlers, type Seen } from '../fixtures/contracts/ports';

/** A fleet of test servers. */
export class Fleet {
  /** What casts reached whom. */
  readonly casts: Seen[] = [];
  private readonly servers = new Map<string, RpcServer>();

  constructor(
    readonly broker: Broker,
    readonly transport: Transport,
  ) {}

  /** Starts a server of a release; its name says which. */
  async serve(name: string, version: keyof typeof PORTS, options: RpcServerOptions = {}): Promise<RpcServer> {
    const server = new RpcServer(await this.broker.connect(), { logger: quietLogger(), ...options, server: name });
    server.register(PORTS[version], portsHandlers(name, this.casts));
    await server.start();
    this.servers.set(name, server);
    return server;
  }

  async stopServer(name: string): Promise<void> {
    await this.servers.get(name)!.stop();
    this.servers.delete(name);
  }

  /** Resolves when every server has read all that was sent to all before. */
  async settled(): Promise<void> {
    for (const name of this.servers.keys()) await createClient(this.transport, PORTS['1.1']).$to(name).getPorts('settled');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server.stop()));
    await this.broker.stop();
  }
}

/** Everything that is published on a transport from now on, as subject and text. */
export function recordOf(transport: Transport): { readonly subject: string; readonly text: string }[] {
  const record: { subject: string; text: string }[] = [];
  const publish = transport.publish.bind(transport);
  jest.spyOn(transport, 'publish').mockImplementation((subject, data, reply) => {
    record.push({ subject, text: Buffer.from(data).toString() });
    publish(subject, data, reply);
  });
  return record;
}

/** Waits until something holds; fails with the last word if it does not within seconds. */
export async function eventually(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  for (let round = 0; round < 400; round++) {
    if (await holds()) return;
    await delay(25);
  }
  throw new Error(`still not so: ${what}`);
}
