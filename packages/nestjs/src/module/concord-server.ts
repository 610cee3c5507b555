/** The server of an application: it starts with the application, and drains before the application shuts down. */

import type { Class, Transport } from '@concord-rpc/core';
import { compileContract } from '@concord-rpc/core/engine';
import type { ErrorMapper } from '@concord-rpc/server';
import { classValidation } from '@concord-rpc/validation';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ExternalContextCreator, ModulesContainer } from '@nestjs/core';
import { drain, RpcServer } from 'concord-rpc';
import { CONCORD_OPTIONS, CONCORD_TRANSPORT } from '../clients/tokens';
import { fromHttpException } from '../errors/http-errors';
import { servingProviders } from '../serving/find-providers';
import { nestInternals } from '../serving/nest-internals';
import type { NestParts } from '../serving/pipeline';
import { callsOf, methodOfProvider } from '../serving/served-provider';
import type { ConcordModuleOptions } from './module-options';
import { isOwned, LOGGER } from './transport-provider';

/** Registers the providers that serve contracts, and starts and stops their server. Inject it to read the server's state. */
@Injectable()
export class ConcordServer implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  /** The server. It is started only if a provider serves a contract. */
  readonly rpc: RpcServer;
  private readonly mapError: ErrorMapper;
  private serves = false;

  constructor(
    @Inject(CONCORD_OPTIONS) private readonly options: ConcordModuleOptions,
    @Inject(CONCORD_TRANSPORT) private readonly transport: Transport,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ExternalContextCreator) private readonly creator: ExternalContextCreator,
  ) {
    const { server } = options;
    this.mapError = (thrown, call) => server?.mapError?.(thrown, call) ?? fromHttpException(thrown);
    this.rpc = new RpcServer(transport, { logger: LOGGER, ...server, mapError: this.mapError });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.registerProviders();
    if (this.serves) await this.rpc.start();
  }

  /** Finishes the calls that have arrived. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.rpc.stop(this.options.stop);
  }

  async onApplicationShutdown(): Promise<void> {
    if (isOwned(this.transport)) await drain(this.transport);
  }

  /** Returns the health of the server; that of the connection if no provider serves a contract. */
  health(): ReturnType<RpcServer['health']> {
    return this.serves ? this.rpc.health() : this.transport.health();
  }

  private registerProviders(): void {
    const { creator, mapError } = this;
    const parts: NestParts = { creator, internals: nestInternals(creator), mapError, logger: LOGGER };
    for (const provider of servingProviders(this.modules)) {
      for (const { contract, options } of provider.contracts) {
        const compiled = compileContract(contract, classValidation);
        const methods = [...compiled.methods.values()].map(
          (method) => [method.name, methodOfProvider(parts, provider, method)] as const,
        );
        this.rpc.register(contract as Class<object>, callsOf(compiled, new Map(methods)), options);
        this.serves = true;
      }
    }
  }
}
