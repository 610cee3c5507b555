/** The server that users create: it registers endpoints, starts and stops. */
import { type Class, type Interceptor, type Logger, RpcError, type Transport, type TransportHealth } from '@concord-rpc/core';
import {
  endpointKey,
  type Log,
  logTo,
  quote,
  requireInterceptors,
  requireServerName,
  trackScopes,
  type Validator,
} from '@concord-rpc/core/engine';
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
import { type PresenceOptions, requireLabels, requirePresence } from '../presence/presence-options';
import type { Implementation, NoOtherMethods } from '../registration/implementation-type';
import { type MethodStats, methodStats } from '../registration/method-stats';
import { type RegisterOptions, type RegistrationOptions, registrationOf, requireRegisterOptions } from '../registration/register';
import type { Registration } from '../registration/registration';
import { NO_STATS, type ServerStats } from '../request/server-stats';
import { UsageLog } from '../usage/usage-log';
import { AccessGuard, type AccessPolicy } from './access';
import { intercepted } from './intercepted';
import { StartedServer } from './started-server';

/** Settings of a server. */
export interface RpcServerOptions extends AdmissionLimits {
  /** Name of the server on its topics, for calls to this server alone. Must be unique. Default: host name, process id and a random part. */
  readonly server?: string | undefined;
  /**
   * Decides about `start()` if another server named `server` is running on one of its topics: `'refuse'` rejects with `invalid_target`, `'warn'`
   * writes a line to the log. Default `'refuse'`. A name that was not given is unique, and is not checked.
   */
  readonly duplicateName?: DuplicateName | undefined;
  /**
   * Facts about the server that its clients see in `$servers` and select by in `$each`, for example `{ zone: 'a', release: '7' }`: at most 32 texts of at
   * most 256 characters, under keys of letters, digits, `_` and `-`.
   */
  readonly labels?: Labels | undefined;
  /**
   * Signs by which clients know that the server is running: `hello` at its start, `alive` every 30 seconds, `bye` at its stop. `interval` in milliseconds sets
   * another shortest time between two; `false` sends none, and clients ask the server now and then instead.
   */
  readonly presence?: PresenceOptions | false | undefined;
  /**
   * Milliseconds for which a server that stops still takes calls after its `bye`, so that clients that know it from its signs no longer choose it when its
   * subscriptions end. Default: 100 if the broker is part of a cluster, which passes subscriptions on with a delay; else 0.
   */
  readonly leaveGrace?: number | undefined;
  /** Checks DTO arguments. */
  readonly validator: Validator;
  /** The wire formats that the server reads and answers in. Default: only JSON. */
  readonly codecs?: Codecs | undefined;
  /** Receives starts, stops, failures of handlers, refused casts and denied calls. Default: `console`, without starts and stops. */
  readonly logger?: Logger | undefined;
  /**
   * Makes `rpcContext()` work after an `await`, in a handler and in all code that it calls. Default true. On Node 20, tracking makes every promise of the
   * process slower. `false` saves that in a process without clients whose handlers call `rpcContext()` only before their first `await`, or never; a
   * client in the process turns tracking on, because calls inherit the deadline of their request.
   */
  readonly trackContext?: boolean | undefined;
  /**
   * Code around every handler, for logs, metrics, traces and refusals; the first is the outermost. An `RpcError` with `executed: 'no'` that an
   * interceptor throws before the handler runs is sent to the caller. Any other error is treated as thrown by the handler.
   */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /**
   * Decides whether a call may run, before its arguments are checked. `true` allows it. `false` or a text denies it: the caller gets
   * `permission_denied`, and the log gets the text as the reason. A policy that throws, or does not decide within one second, denies.
   */
  readonly access?: AccessPolicy | undefined;
  /** Apply `access` to system methods too: ping, describe, usage, cancel and credit. Denied clients get less precise errors. Default false. */
  readonly accessToSystem?: boolean | undefined;
  /**
   * Refuse calls whose subject states an older version than their arguments need, for example from a caller with a mistake in its
   * contract. Default: true if `NODE_ENV` is `test`, as test runners set it; otherwise false.
   */
  readonly strict?: boolean | undefined;
  /**
   * Answer the services protocol of NATS (`$SRV.PING`, `$SRV.INFO`, `$SRV.STATS`), so that `nats micro` and other tools find the server, its
   * methods and its figures. Adds 3 subscriptions for a server of one interface, and one for each further interface. Default true.
   */
  readonly services?: boolean | undefined;
}

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
  private readonly duplicateName: DuplicateName | undefined;
  private readonly labels: Labels | undefined;
  private readonly presence: number | undefined;
  private readonly services: boolean;
  private readonly leaveGrace: number | undefined;
  private running: Promise<StartedServer> | undefined;
  private stopping: Promise<void> | undefined;
  /** The server that was started last. */
  private started: StartedServer | undefined;

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
    this.interceptors = requireInterceptors(options.interceptors);
    this.access = options.access === undefined ? undefined : new AccessGuard(options.access, options.accessToSystem === true);
  }

  /**
   * Adds an endpoint: a contract class with an object that implements it, or one instance of a class that is both. If two endpoints
   * can serve the same call, the one that was registered first serves it.
   *
   * @throws RpcError `invalid_contract`, `invalid_version` or `invalid_target` if the contract contradicts itself, a method is not
   * implemented, the endpoint is already registered, or the server has started; `invalid_argument` for unknown options.
   */
  register<T extends object, I extends Implementation<T>>(
    contract: Class<T>,
    implementation: I & NoOtherMethods<T, I>,
    options?: RegisterOptions,
  ): this;
  register(service: object, options?: RegisterOptions): this;
  register(contractOrService: Class | object, ...given: readonly (object | undefined)[]): this {
    if (this.running !== undefined) throw new RpcError('invalid_contract', 'register endpoints before the server starts');
    const registration = this.registrationOf(contractOrService, given);
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
    await this.stopping;
    if (this.running === undefined) {
      const starting = this.startNow();
      this.running = starting;
      starting.catch(() => {
        this.running = undefined;
      });
    }
    const started = await this.running;
    started?.requireOpen();
    const heardBy = started === undefined || asked === undefined ? 0 : await started.heardBy(asked);
    return { heardBy };
  }

  /** Returns whether the server serves: it has started, does not stop, and its connection is healthy. For health checks. */
  health(): TransportHealth {
    if (this.running !== undefined && this.started !== undefined) return this.started.health();
    return { ok: false, problems: [`server ${this.name} has not started`, ...this.transport.health().problems] };
  }

  /**
   * Stops serving without losing a call: takes no new calls, finishes the requests that have arrived, and sends their answers. Streams
   * that run get credit, and calls can be cancelled, until the last of them has ended.
   * Handlers that run longer than `timeout` milliseconds (default 30 000; none with `now`) are abandoned: their `rpcContext().signal`
   * aborts, and their callers get `server_stopped`. Calling it again has no effect, except that `now` ends the wait of an earlier call.
   */
  async stop({ timeout = DRAIN_TIMEOUT, now = false }: StopOptions = {}): Promise<void> {
    if (this.running !== undefined && this.stopping === undefined) {
      this.stopping = this.running
        .then((started) => started.stop(now ? 0 : timeout))
        .finally(() => {
          this.running = undefined;
          this.stopping = undefined;
        });
    } else if (now) this.started?.hurry();
    await this.stopping;
  }

  /** Returns the counters since the server started, and those of each method since it was registered. */
  stats(): Readonly<ServerStats> & { readonly methods: MethodStats } {
    return { ...(this.started?.messages.stats ?? NO_STATS), methods: methodStats(this.registrations) };
  }

  private registrationOf(contractOrService: Class | object, given: readonly (object | undefined)[]): Registration {
    const isClass = typeof contractOrService === 'function';
    if (isClass && given[0] === undefined) {
      throw new RpcError('invalid_contract', `register(${contractOrService.name}, implementation) needs an implementation`);
    }
    if (!isClass && (typeof contractOrService !== 'object' || contractOrService === null)) {
      throw new RpcError(
        'invalid_contract',
        `register takes a contract class and its implementation, or an instance; got ${quote(contractOrService)}`,
      );
    }
    const type = isClass ? contractOrService : contractOrService.constructor;
    const [implementation, options] = isClass ? [given[0]!, given[1]] : [contractOrService, given[0]];
    return registrationOf(type as Class, implementation, { ...this.registration, ...requireRegisterOptions(options) });
  }

  private async startNow(): Promise<StartedServer> {
    const { name, transport, codecs, logger, limits, access, usage, duplicateName, labels, presence, services } = this;
    const leaveGrace = this.leaveGrace ?? (transport.isClustered === true ? LEAVE_GRACE : 0);
    if (this.trackContext) trackScopes();
    const registrations = this.registrations.map((registration) => intercepted(registration, this.interceptors));
    const rules = { access, usage, duplicateName, labels, presence, services, leaveGrace };
    this.started = await StartedServer.start({ name, transport, codecs, logger, registrations, limits, ...rules });
    return this.started;
  }
}
