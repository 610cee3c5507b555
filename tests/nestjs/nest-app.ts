/** Applications of NestJS that tests start on a transport of theirs, and close afterwards. */
import { ConcordModule, type ConcordModuleOptions, ConcordServer } from '@concord-rpc/nestjs';
import type { ModuleMetadata, Provider } from '@nestjs/common';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';
import type { RpcServer, Transport } from 'concord-rpc';

/** Settings of one application. */
export interface AppSettings {
  readonly transport: ConcordModuleOptions['transport'];
  readonly providers?: readonly Provider[];
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly options?: Partial<ConcordModuleOptions>;
  /** Replaces providers. */
  readonly override?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  /** Runs before the application starts, for example to add global guards. */
  readonly prepare?: (app: TestingModule) => void;
}

/** A running application. */
export interface RunningApp {
  readonly app: TestingModule;
  readonly server: RpcServer;
}

const running: TestingModule[] = [];

/** Starts an application. `closeApps` closes it. */
export async function startApp({
  transport,
  providers = [],
  imports = [],
  options,
  override,
  prepare,
}: AppSettings): Promise<RunningApp> {
  const quiet = { logger: { warn() {}, error() {} } };
  const root = ConcordModule.forRoot({ transport, ...options, server: { ...quiet, ...options?.server } });
  const builder = Test.createTestingModule({ imports: [root, ...imports], providers: [...providers] });
  const app = await (override?.(builder) ?? builder).compile();
  app.useLogger(false);
  prepare?.(app);
  await app.init();
  running.push(app); // NestJS does not close an application that did not start
  return { app, server: app.get(ConcordServer).rpc };
}

/** Closes every application that a test started. */
export async function closeApps(): Promise<void> {
  await Promise.all(running.splice(0).map((app) => app.close()));
}

/** The configuration of an application, which `useGlobalGuards` and its siblings of an HTTP application change. */
export function globalsOf(app: TestingModule): {
  useGlobalGuards(...guards: object[]): void;
  useGlobalPipes(...pipes: object[]): void;
} {
  const { applicationConfig } = app as unknown as { applicationConfig: ReturnType<typeof globalsOf> };
  return applicationConfig;
}

/** A transport, as `startApp` takes it. */
export type { Transport };
