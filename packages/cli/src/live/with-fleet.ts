/** A live fleet for the length of one action: its connection, what it serves, and the servers of its topics. */
import type { Connection, KnownServer } from '@concord-rpc/client';
import { isRpcError } from '@concord-rpc/core';
import { withoutCredentials } from '@concord-rpc/core/engine';
import type { subjects } from '@concord-rpc/core/wire';
import { CommandFailure } from '../console/command-failure';
import { EXIT } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { TopicAddress } from './ask-contracts';
import { type FoundService, findServices, type WantedServices } from './find-services';
import { type LoginOptions, natsAccess } from './nats-login';
import { withNats } from './with-nats';

/** The options of commands that ask a live fleet. */
export interface LiveOptions extends LoginOptions {
  readonly live?: string;
  /** The topics to ask; all that are found by default. */
  readonly topic?: readonly TopicAddress[];
  readonly json?: boolean;
}

const LOCAL = 'nats://127.0.0.1:4222';
const NAME_TOPIC = 'name the topic: --topic EXCHANGE/TOPIC';

/**
 * Connects to the fleet of the options, runs an action, and closes the connection.
 *
 * @throws CommandFailure as `withNats` does.
 */
export async function withFleet<T>(io: Io, options: LiveOptions, action: (fleet: Fleet) => Promise<T>): Promise<T> {
  const access = natsAccess(options.live ?? 'nats:', { options, io }, LOCAL);
  const broker = withoutCredentials(access.servers);
  return withNats(access, (connection, root) => action(new Fleet({ connection, root, broker }, options.topic)));
}

/** The connection to a fleet. */
interface FleetConnection {
  readonly connection: Connection;
  readonly root: string;
  /** The address of the broker, without credentials. */
  readonly broker: string;
}

/** A topic and its servers. */
export interface ListedServers {
  readonly address: subjects.Address;
  readonly servers: readonly KnownServer[];
}

/** A live fleet. */
export class Fleet {
  readonly connection: Connection;
  readonly broker: string;
  /** Returns the interfaces that are known without a question. Set by who watches the fleet; servers are asked if it returns none. */
  known: () => readonly FoundService[] = () => [];
  private readonly root: string;
  /** The servers that the services protocol has named, by topic. */
  private readonly foundOn = new Map<string, Set<string>>();

  constructor(
    { connection, root, broker }: FleetConnection,
    private readonly named: readonly TopicAddress[] | undefined,
  ) {
    this.connection = connection;
    this.root = root;
    this.broker = broker;
  }

  /**
   * The interfaces that servers serve, or those of one name: on the topics of the options, else those that answer by the services protocol.
   *
   * @throws CommandFailure with exit code 5 if this user may not ask.
   */
  async services(name?: string): Promise<readonly FoundService[]> {
    const known = this.known().filter((service) => name === undefined || service.name === name);
    if (known.length > 0) return known;
    if (this.named === undefined) return this.ask({ name });
    const byTopic = await Promise.all(
      this.named.map(async ({ exchange, topic }) => {
        const servers = await this.servers(this.address({ exchange, topic }));
        return servers.flatMap(({ server, endpoints }) =>
          endpoints.map(({ name, version }) => ({ exchange, topic, server, name, version })),
        );
      }),
    );
    return byTopic.flat().filter((service) => name === undefined || service.name === name);
  }

  /**
   * The topics of the options; else those on which servers serve an interface of this name, or any interface. `onTopic` is called with each answer
   * of a server, when the others may not have answered yet; by default the servers of the topic are asked meanwhile.
   *
   * @throws CommandFailure with exit code 5 if there is none, or if this user may not ask.
   */
  async topics(
    name?: string,
    onTopic = (address: subjects.Address): void => void this.connection.announcements.view(address),
  ): Promise<readonly subjects.Address[]> {
    const onFound = (service: FoundService) => onTopic(this.address(service));
    const found = this.named ?? (await this.ask({ name, onFound, eachTopic: true }));
    const topics = new Map(found.map((each) => [`${each.exchange}/${each.topic}`, this.address(each)]));
    if (topics.size > 0) return [...topics.values()];
    const what = name === undefined ? '' : ` that serves ${name}`;
    throw new CommandFailure(`no server${what} answered at ${this.broker}`, `start one, or ${NAME_TOPIC}`, EXIT.unreachable);
  }

  /**
   * The topics with their servers, sorted by name. Servers are found in two ways, by the services protocol and by the view of each topic: the
   * list is complete when both know the same, and the first has been quiet. Topics of the options are listed as `servers` does it.
   *
   * @throws CommandFailure with exit code 5 if there is none, or if this user may not ask.
   */
  async listed(): Promise<readonly ListedServers[]> {
    const addresses = await this.topics();
    return Promise.all(addresses.map(async (address) => ({ address, servers: await this.completed(address) })));
  }

  /**
   * The servers of a topic, sorted by name, when no further one has answered for a second.
   *
   * @throws RpcError `permission_denied` if this user may not ask.
   */
  async servers(address: subjects.Address): Promise<readonly KnownServer[]> {
    return this.sorted(address, await this.connection.announcements.known(address));
  }

  /** The address of a topic under the root of the fleet. */
  address({ exchange, topic }: TopicAddress): subjects.Address {
    return { root: this.root, exchange, topic };
  }

  /** The servers of a topic, once those that the services protocol has named have answered too. */
  private async completed(address: subjects.Address): Promise<readonly KnownServer[]> {
    const named = this.foundOn.get(keyOf(address));
    if (named === undefined) return this.servers(address);
    const view = this.connection.announcements.view(address);
    const missing = () => [...named].filter((server) => view.table.get(server) === undefined);
    await view.search(({ length }) => length >= named.size && missing().length === 0);
    await Promise.all(missing().map((server) => view.find(server)));
    await this.connection.transport.flush().catch(() => undefined); // signs that are under way
    return this.sorted(address, view.servers);
  }

  private sorted(address: subjects.Address, servers: readonly KnownServer[]): readonly KnownServer[] {
    const denied = this.connection.announcements.denied(address);
    if (denied !== undefined) throw denied;
    return [...servers].sort((a, b) => (a.server < b.server ? -1 : 1));
  }

  private ask(wanted: WantedServices): Promise<readonly FoundService[]> {
    const onFound = (service: FoundService) => {
      const key = keyOf(service);
      const servers = this.foundOn.get(key) ?? new Set();
      this.foundOn.set(key, servers.add(service.server));
      wanted.onFound?.(service);
    };
    return findServices(this.connection, { ...wanted, onFound }).catch((thrown: unknown) => {
      if (!isRpcError(thrown) || thrown.code !== 'permission_denied') throw thrown;
      throw new CommandFailure(thrown.rawMessage, `let it publish to $SRV.>, or ${NAME_TOPIC}`, EXIT.unreachable);
    });
  }
}

function keyOf({ exchange, topic }: TopicAddress): string {
  return `${exchange}/${topic}`;
}
