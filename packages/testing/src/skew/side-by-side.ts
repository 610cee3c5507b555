/** Servers and clients of different contract versions on one memory transport, inside this process. */
import { type Client, type ClientOptions, createClient } from '@concord-rpc/client';
import type { Class } from '@concord-rpc/core';
import { Codecs } from '@concord-rpc/core/wire';
import { MemoryTransport } from '@concord-rpc/memory';
import { messagePack } from '@concord-rpc/msgpack';
import { RpcServer, type RpcServerOptions } from '@concord-rpc/server';
import type { SkewSide } from './skew-side';

/** Every codec that a contract can name. */
const CODECS = new Codecs([messagePack]);

/** A memory transport with the servers that were started on it. Calls take the whole path: codecs, version checks, validators, projections. */
export class SideBySide {
  private readonly transport = new MemoryTransport();
  private readonly servers: RpcServer[] = [];

  /** Starts a server of a version in strict mode. Resolves with the server once it serves. */
  async serve(side: SkewSide, handlers: object, options: Pick<RpcServerOptions, 'server' | 'logger'> = {}): Promise<RpcServer> {
    const server = new RpcServer(this.transport, { ...options, validator: side.validator, codecs: CODECS, strict: true });
    server.register(side.type as Class<object>, handlers);
    await server.start();
    this.servers.push(server);
    return server;
  }

  /** Returns a client of a version. */
  client(side: SkewSide, options: Pick<ClientOptions, 'retry' | 'timeout'> = {}): Client<InstanceType<SkewSide['type']>> {
    return createClient(this.transport, side.type, { ...options, validator: side.validator, codecs: CODECS });
  }

  /** Stops all servers. Clients stay usable and then find no server. */
  async stop(): Promise<void> {
    await Promise.all(this.servers.splice(0).map((server) => server.stop()));
  }

  /** Stops all servers and closes the transport. */
  async close(): Promise<void> {
    await this.stop();
    await this.transport.close();
  }
}
