/** Clients and servers of one interface at several versions in one process, for tests of what users do during an upgrade. */
import { type Client, createClient } from '@concord-rpc/client';
import {
  type Class,
  Codecs,
  type Contract,
  type ContractDocument,
  CutCompiler,
  compileContract,
  contractDocument,
  endpointKey,
  parseVersion,
} from '@concord-rpc/core';
import { contractAt, type RecordedContract, recordedContract } from '@concord-rpc/evolution';
import { MemoryTransport } from '@concord-rpc/memory';
import { messagePack } from '@concord-rpc/msgpack';
import { RpcServer } from '@concord-rpc/server';
import { classValidation } from '@concord-rpc/validation';

const codecs = new Codecs([messagePack]);

/** What is put side by side. */
export interface SkewOptions<T> {
  /** The interface as it is today. */
  readonly contract: Class<T>;
  /** Today's handlers. Servers of older versions run them with older contracts, and their results are cut to what such a server gave. */
  readonly implementation: T;
  /** Contracts that were recorded when they were released, by version. For the others today's contract is taken as of that version. */
  readonly recorded?: Readonly<Record<string, ContractDocument>>;
}

/** One interface at several versions. Nothing is shared between two of them, and nothing runs outside of this process. */
export class Skew<T extends object> {
  private transport = new MemoryTransport();
  private servers: RpcServer[] = [];
  private readonly today: Contract;
  private readonly document: ContractDocument;

  constructor(private readonly options: SkewOptions<T>) {
    this.today = compileContract(options.contract, classValidation);
    this.document = contractDocument([this.today]);
  }

  /** Has servers at exactly these versions from now on, one each, called `server-1.2` and so on. */
  async serve(...versions: readonly string[]): Promise<void> {
    await this.stop();
    this.transport = new MemoryTransport();
    for (const version of versions) {
      const { type, validator } = this.contractAt(version);
      const server = new RpcServer(this.transport, { server: `server-${version}`, validator, codecs, strict: true });
      server.register(type as Class<object>, this.handlersAt(version));
      await server.start();
      this.servers.push(server);
    }
  }

  /** A client of a version. Today's is that of today's class; an older one knows only what its version did. */
  client(version: string): Client<T> {
    const { type, validator } = this.contractAt(version);
    return createClient(this.transport, type as unknown as Class<T>, { validator, codecs });
  }

  /** Stops all servers. */
  async stop(): Promise<void> {
    await Promise.all(this.servers.splice(0).map((server) => server.stop()));
  }

  private contractAt(version: string): RecordedContract {
    const recorded = this.options.recorded?.[version];
    const key = endpointKey(this.today);
    const { major, minor } = parseVersion(version, 'version of the skew');
    const isToday = recorded === undefined && minor === this.today.version.minor && major === this.today.version.major;
    if (isToday) return { type: this.options.contract as unknown as RecordedContract['type'], validator: classValidation };
    return recordedContract(recorded ?? contractAt(this.document, key, { major, minor })!, key);
  }

  /** Today's handlers; what they return is cut to what the version gives. */
  private handlersAt(version: string): object {
    const { minor } = parseVersion(version);
    const { implementation } = this.options;
    const compiler = new CutCompiler(this.today.dtos, { minor, drops: () => true, replaces: true });
    const handlers: Record<string, (...args: unknown[]) => unknown> = {};
    for (const { name, returns, mode, aliases = [] } of this.today.methods.values()) {
      const cut = (returns && compiler.ofType(returns)) ?? ((value: unknown) => value);
      const run = (implementation as Record<string, (...args: unknown[]) => unknown>)[name]!.bind(implementation);
      const handler =
        mode === 'stream'
          ? (...args: unknown[]) => mapped(run(...args) as AsyncIterable<unknown>, cut)
          : async (...args: unknown[]) => cut(await run(...args));
      for (const each of [name, ...aliases.map((alias) => alias.name)]) handlers[each] = handler;
    }
    return handlers;
  }
}

/** Every client version with every server version at most `distance` minors away, oldest first: rows for a table of tests. */
export function skewPairs(versions: readonly string[], distance = 1): { readonly client: string; readonly server: string }[] {
  return versions.flatMap((client, index) =>
    versions.filter((_, other) => Math.abs(other - index) <= distance).map((server) => ({ client, server })),
  );
}

async function* mapped(items: AsyncIterable<unknown>, cut: (item: unknown) => unknown): AsyncGenerator<unknown> {
  for await (const item of items) yield cut(item);
}
