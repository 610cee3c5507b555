/** The module that users import. */
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { type ClientFeature, clientProvider } from '../clients/inject-client';
import { CONCORD_OPTIONS, CONCORD_TRANSPORT } from '../clients/tokens';
import { ConcordServer } from './concord-server';
import { ConcordHealthIndicator } from './health-indicator';
import type { ConcordModuleAsyncOptions, ConcordModuleOptions } from './module-options';
import { transportProvider } from './transport-provider';

/** Concord in a NestJS application. `forRoot` once, in the root module; `forFeature` in each module that calls. */
@Module({})
// biome-ignore lint/complexity/noStaticOnlyClass: a module of NestJS is a class
export class ConcordModule {
  /** Connects, and serves the providers with `@ServesContract` of all modules: from the bootstrap of the application to its shutdown. */
  static forRoot(options: ConcordModuleOptions): DynamicModule {
    return rootModule([], { provide: CONCORD_OPTIONS, useValue: options });
  }

  /** As `forRoot`, with options that a factory makes. */
  static forRootAsync({ imports = [], inject = [], useFactory }: ConcordModuleAsyncOptions): DynamicModule {
    return rootModule(imports, { provide: CONCORD_OPTIONS, inject, useFactory });
  }

  /** Provides a client of each contract, for `@InjectClient`. */
  static forFeature(contracts: readonly ClientFeature[]): DynamicModule {
    const providers = contracts.map(clientProvider);
    return { module: ConcordModule, providers, exports: providers };
  }
}

function rootModule(imports: NonNullable<DynamicModule['imports']>, options: Provider): DynamicModule {
  return {
    module: ConcordModule,
    global: true,
    imports,
    providers: [options, transportProvider, ConcordServer, ConcordHealthIndicator],
    exports: [CONCORD_OPTIONS, CONCORD_TRANSPORT, ConcordServer, ConcordHealthIndicator],
  };
}
