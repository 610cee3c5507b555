/** Concord in NestJS: contracts served by providers, and injected clients. */
export { getClientToken, InjectClient } from './clients/inject-client';
export { CONCORD_TRANSPORT } from './clients/tokens';
export { ConcordModule } from './module/concord-module';
export { ConcordServer } from './module/concord-server';
export { ConcordHealthIndicator } from './module/health-indicator';
export type { ConcordModuleOptions } from './module/module-options';
export { type NestImplementation, ServesContract } from './serving/serves-contract';
