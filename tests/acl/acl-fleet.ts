/** A broker with the permissions that `concord acl` wrote for the contracts of the examples, their servers, and a user for each method and direction. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CallOptions, createClient as createCoreClient } from '@concord-rpc/client';
import { createSampler, parseSnapshot, recordedContract } from '@concord-rpc/evolution';
import { RpcServer as CoreRpcServer } from '@concord-rpc/server';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { NatsTransport } from 'concord-rpc';
import { concordHere, type Ended } from '../cli/run-concord';
import { type CollectingLogger, collectingLogger } from '../fixtures/collecting-logger';

const EXAMPLES = join(__dirname, '../../examples');
const FILES = ['neutron-dhcp', 'rolling-upgrade'].map((name) => join(EXAMPLES, name, 'contracts/concord.contract.json'));
const PASSWORD = 'password-of-tests';

/** A word of a roles file. */
export type Direction = 'call' | 'cast' | 'to' | 'fanout' | 'each';

/** The directions in which each mode of a method can be sent. The permissions are compared with this table, not with that of the command. */
const DIRECTIONS: Readonly<Record<string, readonly Direction[]>> = {
  any: ['call', 'cast', 'to', 'fanout', 'each'],
  cast: ['cast', 'to', 'fanout'],
};

/** The part of a subject that each direction uses. */
export const DELIVERY: Readonly<Record<Direction, (server: string) => string>> = {
  call: () => 'any',
  cast: () => 'any',
  to: (server) => `to.${server}`,
  fanout: () => 'all',
  each: () => 'all',
};

/** A method of an example, and the server that has it. */
export interface ExampleMethod {
  readonly key: string;
  readonly method: string;
  readonly mode: string;
  readonly topic: string;
  readonly server: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
}

const SERVERS: Readonly<Record<string, string>> = { DhcpPluginApi: 'controller-1', DhcpAgentApi: 'agent-1', PortsApi: 'ports-1' };
const nameOf = (key: string) => key.slice(0, key.lastIndexOf('@'));

const CONTRACTS = FILES.map((file) => parseSnapshot(readFileSync(file, 'utf8'), file));

/** Every method of the examples. */
export const METHODS: readonly ExampleMethod[] = CONTRACTS.flatMap((contract) => {
  const sample = createSampler(contract, 1);
  return Object.entries(contract.endpoints).flatMap(([key, { exchange, topic, methods }]) =>
    Object.entries(methods).map(([method, { mode, args = [], returns }]) => ({
      ...{ key, method, mode, topic: `rpc.${exchange}.${topic}`, server: SERVERS[nameOf(key)]! },
      args: args.map(({ schema }) => sample(schema, 0)!.value),
      result: returns ? sample(returns, 0)!.value : undefined,
    })),
  );
});

/** A user that may send one method in one direction, and nothing else. */
export interface OneGrant extends ExampleMethod {
  readonly direction: Direction;
  readonly user: string;
}

/** One user for each method and direction. */
export const GRANTS: readonly OneGrant[] = METHODS.flatMap((each) =>
  DIRECTIONS[each.mode]!.map((direction) => ({ ...each, direction, user: `${nameOf(each.key)}-${each.method}-${direction}` })),
);

/** The roles file: servers, an operator, and one role for each method and direction. */
export const ROLES = {
  roles: {
    ...Object.fromEntries(Object.entries(SERVERS).map(([name, server]) => [name, { users: [server], serve: [name] }])),
    both: { users: ['agent-2'], serve: ['DhcpAgentApi@1'], call: ['q-plugin.get_network_info'] },
    one: { to: { 'agent-2': ['DhcpAgentApi.port_create_end'] } },
    ops: { operate: true },
    eye: { observe: true },
    ...Object.fromEntries(
      GRANTS.map(({ user, key, method, direction }) => [user, { [direction]: [`${nameOf(key)}.${method}`] }]),
    ),
  },
};

/** The broker and its users. */
export interface AclFleet {
  readonly broker: NatsServer;
  /** The configuration that the command wrote. */
  readonly configuration: string;
  /** The lines of connections and servers. */
  readonly logger: CollectingLogger;
  /** The methods that handlers ran, as `server method`, since the last reset. */
  readonly received: string[];
  /** Runs the command in this process as a user. */
  run(user: string, args: readonly string[]): Promise<Ended>;
  /** The connection of a user, made once. */
  connect(user: string): Promise<NatsTransport>;
  /** A client of an example's interface. */
  client(user: string, key: string, options?: CallOptions): Promise<AnyClient>;
  /** Starts a server of an interface under a name. */
  serve(user: string, key: string, server: string): Promise<CoreRpcServer>;
  stop(): Promise<void>;
}

/** Methods by name. */
type Calls = Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown> & AsyncIterable<unknown>>>;

/** A client whose contract is known at run time only. */
export type AnyClient = Calls & {
  readonly $to: (server: string) => AnyClient;
  readonly $cast: Calls;
  readonly $fanout: Calls;
  readonly $each: Calls;
};

/** Writes the permissions, and starts the broker with them and the servers. */
export async function startAclFleet(): Promise<AclFleet> {
  const cwd = mkdtempSync(join(tmpdir(), 'concord-acl-'));
  writeFileSync(join(cwd, 'roles.json'), JSON.stringify(ROLES));
  let url = '';
  const run = (user: string, args: readonly string[]) =>
    concordHere(cwd, args, { NATS_URL: url, NATS_USER: user, NATS_PASSWORD: PASSWORD, CONCORD_INBOX: user });
  const { out: configuration, err } = await run('', ['acl', 'roles.json', ...FILES]);
  if (err !== '') throw new Error(err);
  const variables = [...configuration.matchAll(/password: \$(\w+)/g)].map(([, name]) => `${name}: ${PASSWORD}\n`);
  const broker = await startNatsServer({ config: `${variables.join('')}${configuration}` });
  url = broker.url;
  const logger = collectingLogger();
  const received: string[] = [];
  const connections = new Map<string, Promise<NatsTransport>>();
  const servers: CoreRpcServer[] = [];
  const connect = (user: string) => {
    const made =
      connections.get(user) ?? NatsTransport.connect({ servers: broker.url, user, pass: PASSWORD, inbox: user, logger });
    connections.set(user, made);
    return made;
  };
  const serve = async (user: string, key: string, name: string) => {
    const { type, validator } = contractOf(key);
    const methods = METHODS.filter((each) => each.key === key);
    const handlers = methods.map(({ method, result }) => [
      method,
      () => {
        received.push(`${name} ${method}`);
        return result;
      },
    ]);
    const server = new CoreRpcServer(await connect(user), { server: name, logger, validator });
    await server.register(type, Object.fromEntries(handlers)).start();
    servers.push(server);
    return server;
  };
  await Promise.all(Object.entries(SERVERS).map(([name, server]) => serve(server, `${name}@1`, server)));
  return {
    ...{ broker, configuration, logger, received, run, connect, serve },
    client: async (user, key, options) => {
      const { type, validator } = contractOf(key);
      const client = createCoreClient(await connect(user), type, { validator, retry: false, timeout: 10_000, ...options });
      return client as unknown as AnyClient;
    },
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop({ now: true })));
      await Promise.all([...connections.values()].map(async (made) => (await made).close()));
      await broker.stop();
    },
  };
}

function contractOf(key: string) {
  const contract = CONTRACTS.find(({ endpoints }) => endpoints[key] !== undefined)!;
  return recordedContract(contract, key);
}
