/** The options of the module. */

import type { Transport } from '@concord-rpc/core';
import type { StopOptions } from '@concord-rpc/server';
import type { FactoryProvider, Logger, ModuleMetadata } from '@nestjs/common';
import type { ClientOptions, RpcServerOptions } from 'concord-rpc';

/** Options of `ConcordModule.forRoot`. */
export interface ConcordModuleOptions {
  /**
   * The connection to the broker, or a function that makes it. The module closes a connection that its function made, after the server has stopped; a
   * connection that is given stays open. The function gets NestJS's logger, for the lines of the connection.
   */
  readonly transport: Transport | ((logger: Logger) => Transport | Promise<Transport>);
  /** Options of the server that serves the providers with `@ServesContract`. Its log lines go to NestJS's logger by default. */
  readonly server?: RpcServerOptions | undefined;
  /** Options of every client. */
  readonly client?: ClientOptions | undefined;
  /** Options of the server's stop. Default: running calls have 30 seconds. */
  readonly stop?: StopOptions | undefined;
}

/** Options of `ConcordModule.forRootAsync`: a factory of the options, with what it injects. */
export interface ConcordModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...args: any[]) => ConcordModuleOptions | Promise<ConcordModuleOptions>;
}
