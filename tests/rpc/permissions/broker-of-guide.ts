/** Brokers with the configurations of docs/guides/permissions.md, and connections of its users. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { NatsTransport, type NatsTransportOptions, type RpcServer } from 'concord-rpc';
import { type CollectingLogger, collectingLogger } from '../../fixtures/collecting-logger';

const PAGE = readFileSync(join(__dirname, '../../../docs/guides/permissions.md'), 'utf8');
/** A block of configuration with its name. */
const BLOCK = /^```conf (?<name>\S+)\n(?<config>[\s\S]*?)^```$/gm;
/** The password of every user: the guide takes passwords from the environment. */
const PASSWORD = 'password-of-tests';

/** The blocks of configuration of the guide by their names. */
const CONFIGURATIONS: ReadonlyMap<string, string> = new Map(
  [...PAGE.matchAll(BLOCK)].map(({ groups }) => [groups!.name!, groups!.config!]),
);

/** A broker with one configuration of the guide. It stops after all tests, and its connections and servers after each test. */
export interface BrokerOfGuide {
  /** A connection of a user, with replies under the name of the user. */
  connect(user: string, options?: NatsTransportOptions): Promise<NatsTransport>;
  /** Starts a server, which stops after the test. */
  start(server: RpcServer): Promise<RpcServer>;
  /** The lines of all connections and of servers with this logger in the current test. */
  readonly logger: CollectingLogger;
  readonly url: string;
}

/** The password that each user of the guide logs in with. */
export const login = (user: string) => ({ user, pass: PASSWORD });

/** Definitions of the variables of a configuration. They take the place of variables of the environment. */
function passwordsOf(config: string): string {
  return [...config.matchAll(/password: \$(\w+)/g)].map(([, name]) => `${name}: ${PASSWORD}\n`).join('');
}

/** Starts a broker with a block of the guide before all tests. `change` takes a part out of it, to show what the part is for. */
export function useBrokerOfGuide(name: string, change = (config: string) => config): BrokerOfGuide {
  let broker: NatsServer;
  let open: NatsTransport[] = [];
  let servers: RpcServer[] = [];
  let logger = collectingLogger();
  beforeAll(async () => {
    const config = CONFIGURATIONS.get(name);
    if (config === undefined) throw new Error(`the guide has no configuration ${name}`);
    broker = await startNatsServer({ config: `${passwordsOf(config)}${change(config)}` });
  });
  beforeEach(() => {
    [open, servers, logger] = [[], [], collectingLogger()];
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.stop({ now: true })));
    await Promise.all(open.map((transport) => transport.close()));
  });
  afterAll(() => broker.stop());
  return {
    get logger() {
      return logger;
    },
    get url() {
      return broker.url;
    },
    async connect(user, options = {}) {
      const transport = await NatsTransport.connect({ servers: broker.url, ...login(user), inbox: user, logger, ...options });
      open.push(transport);
      return transport;
    },
    async start(server) {
      await server.start();
      servers.push(server);
      return server;
    },
  };
}
