/** The server that users create: it registers endpoints, starts and stops. */
import {
  type Class,
  type InterceptedCall,
  type Interceptor,
  RpcError,
  type Transport,
  type TransportHealth,
} from '@concord-rpc/core';
import { endpointKey, type Log, logTo, requireInterceptors, requireServerName, trackScopes } from '@concord-rpc/core/engine';
import { Codecs, type Labels } from '@concord-rpc/core/wire';
import { defaultName } from '../listening/server-name';
import {
  type DuplicateName,
  requireDuplicateName,
  requireMilliseconds,
  requireStartOptions,
  type StartOptions,
  type StartReport,
  type StopOptions,
} from '../listening/start-options';
import type { AdmissionLimits } from '../load/admission';
import { requireLabels, requirePresence } from '../presence/presence-options';
import type { Implementation, NoOtherMethods } from '../registration/implementation-type';
import type { ErrorMapper } from '../registration/mapped-errors';
import { type MethodStats, methodStats } from '../registration/method-stats';
import { type RegisterOptions, type RegistrationOptions, readRegistration } from '../registration/register';
import type { Registration } from '../registration/registration';
import { NO_STATS, type ServerStats } from '../request/server-stats';
import { UsageLog } from '../usage/usage-log';
import { requireWatch, type WatchOption } from '../watched/watch-option';
import { AccessGuard } from './access';
import { intercepted } from './intercepted';
import type { RpcServerOptions } from './server-options';
import { StartedServer } from './started-server';

/** The states of a server: `draining` while it stops. A stopped server can start again. */
export type ServerLifecycle = 'new' | 'starting' | 'serving' | 'draining' | 'stopped';

const DRAIN_TIMEOUT = 30_000;
/** Milliseconds that a cluster of brokers has to pass on that a server leaves. */
const LEAVE_GRACE = 100;

/** Serves decorated contracts on a transport: any number of endpoints, on one topic or several. */
export class RpcServer {
  /** The server's name on its topics. */
  readonly name: string;
  private readonly registrations: Registration[] = [];
  private readonly usage = new UsageLog();
  private readonly registration: RegistrationOptions;
  private readonly codecs: Codecs;
  private readonly logger: Log;
  private readonly trackContext: boolean;
  private readonly limits: AdmissionLimits;
  private readonly interceptors: readonly Interceptor[];
  private readonly access: AccessGuard | undefined;
  private readonly mapError: ErrorMapper | undefined;
  private readonly duplicateName: DuplicateName | undefined;
  private readonly labels: Labels | undefined;
  private readonly presence: number | undefined;
  private readonly services: boolean;
  private readonly watch: WatchOption;
  private readonly leaveGrace: number | undefined;
  private running: Promise<StartedServer> | undefined;
  private stopping: Promise<void> | undefined;
  /** The server that was started last. */
  private started: StartedServer | undefined;
  private current: ServerLifecycle = 'new';

  constructor(
    private readonly transport: Transport,
    options: RpcServerOptions,
  ) {
    this.name = requireServerName(options.server ?? defaultName());
    this.duplicateName = options.server === undefined ? undefined : requireDuplicateName(options.duplicateName);
    this.labels = requireLabels(options.labels);
    this.presence = requirePresence(options.presence);
    this.leaveGrace = options.leaveGrace === undefined ? undefined : requireMilliseconds('leaveGrace', options.leaveGrace);
    this.codecs = options.codecs ?? new Codecs();
    const strict = options.strict ?? process.env.NODE_ENV === 'test';
    this.registration = { validator: options.validator, strict, usage: this.usage };
    this.logger = logTo(options.logger, { server: this.name });
    this.trackContext = options.trackContext !== false;
    this.limits = options;
    this.services = options.services !== false;
    this.watch = requireWatch(options.watch);
    this.interceptors = requireInterceptors(options.interceptors);
    this.mapError = options.mapError;
    this.access = options.access === undefined ? undefined : new AccessGuard(options.access, options.accessToSystem === true);
  }

  /**
   * Adds an endpoint: a contract class with an object that implements it, or one instance of a class that is both. A function in place of the object
   * makes the object for each call; it can be asynchronous. If two endpoints can serve the same call, the one that was registered first serves it.
   *
   * @throws RpcError `invalid_contract`, `invalid_version` or `invalid_target` if the contract contradicts itself, a method is not
   * implemented or has decorators that only NestJS runs, the endpoint is already registered, or the server has started; `invalid_argument` for unknown
   * options.
   */
  register<T extends object, I extends Implementation<T>>(
    contract: Class<T>,
    implementation: I & NoOtherMethods<T, I>,
    options?: RegisterOptions,
  ): this;
  register<T extends object>(
    contract: Class<T>,
    implementation: Implementation<T>,
    options: RegisterOptions & { readonly otherMethods: true },
  ): this;
  register<T extends object>(
    contract: Class<T>,
    perCall: (call: InterceptedCall) => Implementation<T> | Promise<Implementation<T>>,
    options?: RegisterOptions,
  ): this;
  register(service: object, options?: RegisterOptions): this;
  register(contractOrService: Class | object, ...given: readonly (object | undefined)[]): this {
    if (this.running !== undefined) throw new RpcError('invalid_contract', 'register endpoints before the server starts');
    const registration = readRegistration(contractOrService, given, this.registration);
    this.codecs.named(registration.contract.codec); // loads the codec now instead of at the first call
    const key = endpointKey(registration.contract);
    if (this.registrations.some(({ contract }) => endpointKey(contract) === key)) {
      throw new RpcError('invalid_contract', `endpoint ${key} is registered already`);
    }
    this.registrations.push(registration);
    return this;
  }

  /**
   * Starts serving. Resolves when the broker has all subscriptions; with `heardBy`, also when peers have reached the server, and says how many did.
   *
   * @throws RpcError `invalid_target` if another server of this name is running; `permission_denied` if the broker refuses a subscription (all subscriptions are ended then); `not_connected`;
   * `client_closed` if the connection has closed for good, also of a server that had started;
   * `invalid_argument` if `limits` names a method that is not served.
   */
  start(): Promise<void>;
  start(options: StartOptions): Promise<StartReport>;
  async start(options: StartOptions = {}): Promise<unknown> {
    const asked = requireStartOptions(options);
    if (this.stopping !== undefined) await this.stopping;
    if (this.running === undefined) {
      const before = this.current;
      this.current = 'starting';
      const starting = this.startNow();
      this.running = starting;
      starting.then(
        () => {
          if (this.current === 'starting') this.current = 'serving';
        },
        () => {
          this.running = undefined;
          this.current = before;
        },
      );
    }
    const started = await this.running;
    started?.requireOpen();
    const heardBy = started === undefined || asked === undefined ? 0 : await started.heardBy(asked);
    return { heardBy };
  }

  /** The state of the server. It says nothing about the connection: see `health()`. */
  get state(): ServerLifecycle {
    return this.current;
  }

  /** Returns whether the server serves: it has started, does not stop, and its connection is healthy. For health checks. */
  health(): TransportHealth {
    const { problems } = this.transport.health();
    if (this.current === 'serving') return { ok: problems.length === 0, problems };
    const why = this.current === 'draining' ? 'is stopping' : 'has not started';
    return { ok: false, problems: [`server ${this.name} ${why}`, ...problems] };
  }

  /**
   * Stops serving without losing a call: takes no new calls, finishes the requests that have arrived, and sends their answers. Streams
   * that run get credit, and calls can be cancelled, until the last of them has ended.
   * Handlers that run longer than `timeout` milliseconds (default 30 000; none with `now`) are abandoned: their `rpcContext().signal`
   * aborts, and their callers get `server_stopped`. Calling it again has no effect, except that `now` ends the wait of an earlier call.
   */
  async stop({ timeout = DRAIN_TIMEOUT, now = false }: StopOptions = {}): Promise<void> {
    if (this.running !== undefined && this.stopping === undefined) {
      this.current = 'draining';
      this.stopping = this.running
        .then((started) => started.stop(now ? 0 : timeout))
        .finally(() => {
          this.running = undefined;
          this.stopping = undefined;
          this.current = 'stopped';
        });
    } else if (now) this.started?.hurry();
    await this.stopping;
  }

  /** Returns the counters since the server started, and those of each method since it was registered. */
  stats(): Readonly<ServerStats> & { readonly methods: MethodStats } {
    return { ...(this.started?.messages.stats ?? NO_STATS), methods: methodStats(this.registrations) };
  }

  private async startNow(): Promise<StartedServer> {
    const { name, transport, codecs, logger, limits, access, mapError, usage, duplicateName, labels, presence, services, watch } =
      this;
    const leaveGrace = this.leaveGrace ?? (transport.isClustered === true ? LEAVE_GRACE : 0);
    if (this.trackContext) trackScopes();
    const registrations = this.registrations.map((registration) => intercepted(registration, this.interceptors));
    const rules = { access, mapError, usage, duplicateName, labels, presence, services, watch, leaveGrace };
    this.started = await StartedServer.start({ name, transport, codecs, logger, registrations, limits, ...rules });
    return this.started;
  }
}
