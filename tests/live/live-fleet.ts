/** A fleet on a nats-server with logins: the DHCP plugin, and ports at two releases of the example of rolling upgrades. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Io, runProgram } from '@concord-rpc/cli';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { NatsTransport, RpcServer } from 'concord-rpc';
import { PortsApi as PortsApi14 } from '../../examples/rolling-upgrade/src/release-1.4/ports-api';
import { type PortFilter, PortsApi as PortsApi15 } from '../../examples/rolling-upgrade/src/release-1.5/ports-api';
import { DhcpPluginApi, PortNotFound } from '../fixtures/contracts/dhcp-plugin-api';

const PASSWORD = 'password-of-tests';

/** The user of docs/guides/live-commands.md. */
const CALLER = /^```conf caller\n([\s\S]*?)^```$/m
  .exec(readFileSync(join(__dirname, '../../docs/guides/live-commands.md'), 'utf8'))![1]!
  .replace('$CALLER_PASSWORD', PASSWORD);

/** The users: one that serves, one that asks, one that also calls, one that watches, and a client that may not ask for services. */
const CONFIG = `
authorization {
  timeout: 60
  users: [
    { user: server, password: ${PASSWORD} }
    {
      user: operator, password: ${PASSWORD}
      permissions: {
        publish: [
          "rpc.*.*.all._concord.1.ping.0", "rpc.*.*.to.*._concord.1.ping.0"
          "rpc.*.*.all._concord.1.describe.0", "rpc.*.*.to.*._concord.1.describe.0"
          "rpc.*.*.to.*._concord.1.usage.0", "$SRV.>"
        ]
        subscribe: ["rpcr.operator.>", "rpc.*.*.here.*"]
      }
    }
    ${CALLER}
    {
      user: observer, password: ${PASSWORD}
      permissions: {
        publish: ["rpc.*.*.all._concord.1.ping.0", "rpc.*.*.to.*._concord.1.ping.0", "rpc.*.*.to.*._concord.1.watch.0", "$SRV.>"]
        subscribe: ["rpcr.observer.>", "rpc.*.*.here.*", "rpc.*.*.seen.*.*"]
      }
    }
    {
      user: client, password: ${PASSWORD}
      permissions: {
        publish: ["rpc.neutron.q-plugin.any.>", "rpc.neutron.q-plugin.to.>", "rpc.neutron.q-plugin.all.>"]
        subscribe: ["rpcr.client.>", "rpc.neutron.q-plugin.here.*"]
      }
    }
  ]
}`;

/** The result of a command. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** More surroundings of a command. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly signal?: AbortSignal;
  readonly isTerminal?: boolean;
  /** Called with standard output after each write. */
  onOut?(out: string): void;
  onErr?(err: string): void;
  /** Receives the status line, as a terminal does. */
  onStatus?(line: string): void;
}

/** The fleet, and how to run commands on it. */
export interface LiveFleet {
  /** The folder in which commands run. */
  readonly cwd: string;
  readonly broker: NatsServer;
  /** A connection that may do everything. */
  readonly transport: NatsTransport;
  /** Casts and fanouts that the DHCP plugin received. */
  readonly released: string[];
  /** Runs `concord …` in this process as a user of the broker. */
  run(user: string, args: readonly string[], surroundings?: Surroundings): Promise<Ended>;
  /** Starts a server, which stops after all tests. */
  serve(server: RpcServer): Promise<RpcServer>;
  stop(): Promise<void>;
}

/** Starts the broker, and the servers controller-1, ports-1 and ports-2. */
export async function startLiveFleet(): Promise<LiveFleet> {
  const cwd = mkdtempSync(join(tmpdir(), 'concord-live-'));
  const broker = await startNatsServer({ config: CONFIG });
  const transport = await NatsTransport.connect({ servers: broker.url, user: 'server', pass: PASSWORD });
  const servers: RpcServer[] = [];
  const released: string[] = [];
  const serve = async (server: RpcServer) => {
    servers.push(server);
    await server.start();
    return server;
  };
  await serve(dhcpServer(transport, released));
  await serve(portsServer(transport, { name: 'ports-1', release: '1.4', labels: { zone: 'a' } }));
  await serve(portsServer(transport, { name: 'ports-2', release: '1.5', labels: { zone: 'b', rack: '7' } }));
  return {
    cwd,
    broker,
    transport,
    released,
    serve,
    run: (user, args, { env, input, signal, isTerminal = false, onOut, onErr, onStatus } = {}) => {
      let [out, err] = ['', ''];
      const login = { NATS_URL: broker.url, NATS_USER: user, NATS_PASSWORD: PASSWORD, CONCORD_INBOX: user };
      const io: Io = {
        cwd,
        env: { ...login, ...env },
        isTerminal,
        ...(input !== undefined && { input: async () => input }),
        ...(signal !== undefined && { stopSignal: () => signal }),
        ...(onStatus !== undefined && { status: onStatus }),
        out: (text) => {
          out += text;
          onOut?.(out);
        },
        err: (text) => {
          err += text;
          onErr?.(err);
        },
      };
      return runProgram(args, io).then((code) => ({ code, out, err }));
    },
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop({ now: true })));
      await transport.close();
      await broker.stop();
    },
  };
}

function dhcpServer(transport: NatsTransport, released: string[]): RpcServer {
  return new RpcServer(transport, {
    server: 'controller-1',
    watch: 'arguments',
    logger: { warn: () => undefined, error: () => undefined },
  }).register(DhcpPluginApi, {
    getPorts: (host, filter, limit) => [host, filter?.macAddress, limit].filter((part) => part !== undefined).map(String),
    updatePort: (portId) => {
      if (portId === 'port-0') throw new Error('the database is away');
      if (portId !== 'port-1') throw new PortNotFound(portId);
    },
    releaseDhcpPort: (networkId, deviceId) => void released.push(`${networkId} ${deviceId}`),
  });
}

/** Runs one command alone, which loads the modules of all, and then the others, eight at a time: servers and commands share this process. */
export async function inGroups<T>(items: readonly T[], run: (item: T) => Promise<unknown>): Promise<void> {
  const [first, ...others] = items;
  if (first !== undefined) await run(first);
  for (let at = 0; at < others.length; at += 8) await Promise.all(others.slice(at, at + 8).map(run));
}

/** A server of the example of rolling upgrades. */
export function portsServer(
  transport: NatsTransport,
  { name, release, labels }: { readonly name: string; readonly release: '1.4' | '1.5'; readonly labels?: Record<string, string> },
): RpcServer {
  const server = new RpcServer(transport, { server: name, labels });
  const found = (filter: object) => ({
    server: name,
    ports: ['port-1', 'port-2'],
    chosenBy: Object.entries(filter).flatMap(([part, value]) => (value === undefined ? [] : [part])),
  });
  if (release === '1.4') return server.register(PortsApi14, { getPorts: async (_host, filter) => found(filter) });
  return server.register(PortsApi15, {
    getPorts: async (_host: string, filter: PortFilter) => ({ ...found(filter), mtu: 1500 }),
  });
}
