/** The servers behind a mock client: they run the mocks, on a memory transport of their own. */
import { type Class, type Logger, RpcError } from '@concord-rpc/core';
import { type Contract, type Findings, formatViolations } from '@concord-rpc/core/engine';
import { Codecs, toBytes } from '@concord-rpc/core/wire';
import { MemoryTransport } from '@concord-rpc/memory';
import { messagePack } from '@concord-rpc/msgpack';
import { RpcServer, registrationOf } from '@concord-rpc/server';
import { classValidation } from '@concord-rpc/validation';
import { type Mock, mockedHandler } from './mocked-handler';

/** Every codec that a contract can name. */
export const CODECS = new Codecs([messagePack]);

/** Settings of the servers. */
export interface MockServersOptions {
  readonly type: Class;
  readonly contract: Contract;
  /** The names; without them, a server of every name that is asked for is started. */
  readonly names: readonly string[] | undefined;
  readonly logger: Logger | undefined;
  /** Returns the mock of a method, by the method's name. */
  readonly mockOf: (name: string) => Mock;
}

/** Servers that start when they are made. Messages of clients wait until then. */
export class MockServers {
  /** The transport for clients. */
  readonly transport: MemoryTransport;
  private readonly broker = new MemoryTransport();
  private readonly handlers: Record<string, Mock>;
  private readonly checks: ReturnType<typeof registrationOf>['methods'];
  private readonly started = new Map<string, Promise<void>>();
  private ready: Promise<unknown>;

  constructor(private readonly options: MockServersOptions) {
    const { type, contract, names = ['mock'], mockOf } = options;
    const codec = CODECS.named(contract.codec);
    const handlers = [...contract.methods.values()].map(
      (method) => [method.name, mockedHandler(contract, method, codec, () => mockOf(method.name))] as const,
    );
    this.handlers = Object.fromEntries(handlers);
    this.checks = registrationOf(type, this.handlers, { validator: classValidation }).methods;
    this.ready = Promise.all(names.map((name) => this.start(name)));
    this.transport = this.heldUntilReady();
  }

  /** Resolves when a call to this server, or to any server, reaches it. */
  async reach(server: string | undefined): Promise<void> {
    await this.ready;
    if (server !== undefined && this.options.names === undefined) await this.start(server);
  }

  /**
   * Checks the arguments of a cast as a server does, because a server tells its caller nothing.
   *
   * @throws RpcError `invalid_argument`, `unserializable`
   */
  requireArguments(name: string, args: readonly unknown[]): void {
    const { check, label, definition } = this.checks.get(name)!;
    const codec = CODECS.named(this.options.contract.codec);
    const encoder = codec.requestEncoder(
      '1.0',
      definition.args.map((arg) => arg.name),
    );
    const sent = codec.decodeRequest(toBytes(encoder.cast(encoder.args(args))));
    const findings: Findings = { violations: [], stripped: 0 };
    check(sent.args, findings);
    const { violations } = findings;
    if (violations.length === 0) return;
    throw new RpcError('invalid_argument', `${label}: ${formatViolations(violations)}`, { data: { violations } });
  }

  private start(name: string): Promise<void> {
    const known = this.started.get(name);
    if (known !== undefined) return known;
    const { type, logger } = this.options;
    const server = new RpcServer(this.broker, { server: name, logger, validator: classValidation, codecs: CODECS });
    server.register(type as Class<object>, this.handlers);
    const starting = server.start();
    starting.catch(() => undefined); // the calls that wait for it reject
    this.started.set(name, starting);
    return starting;
  }

  /** The broker for clients: what they send and ask before the servers have started waits until then. */
  private heldUntilReady(): MemoryTransport {
    let isReady = false;
    const { broker, ready } = this;
    const release = ready.then(() => {
      isReady = true;
    });
    release.catch(() => undefined);
    const publish: MemoryTransport['publish'] = (...message) => {
      if (isReady) broker.publish(...message);
      else
        void release.then(
          () => broker.publish(...message),
          () => undefined,
        );
    };
    return Object.create(broker, { publish: { value: publish }, flush: { value: () => release.then(() => broker.flush()) } });
  }
}
