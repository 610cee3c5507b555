/** The server that users create: it registers endpoints, starts and stops. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type Class, type Interceptor, type Logger, RpcError, type Transport } from '@concord-rpc/core';
import {
  endpointKey,
  quote,
  requireInterceptors,
  requireServerName,
  trackScopes,
  type Validator,
} from '@concord-rpc/core/engine';
import { Codecs, type Subscription } from '@concord-rpc/core/wire';
import { dispatchTable } from '../dispatch/dispatch-table';
import type { AdmissionLimits } from '../load/admission';
import { AnnouncedCalls } from '../load/announced-calls';
import type { Implementation, NoOtherMethods } from '../registration/implementation-type';
import { type RegistrationOptions, registrationOf } from '../registration/register';
import type { Registration } from '../registration/registration';
import { NO_STATS, type ServerStats } from '../request/server-stats';
import { UsageLog } from '../usage/usage-log';
import { AccessGuard, type AccessPolicy } from './access';
import { intercepted } from './intercepted';
import { MessageServer } from './message-server';

/** Settings of a server. */
export interface RpcServerOptions extends AdmissionLimits {
  /** Name of the server on its topics, for calls to this server alone. Must be unique. Default: host name, process id and a random part. */
  readonly server?: string;
  /** Checks DTO arguments. */
  readonly validator: Validator;
  /** The wire formats that the server reads and answers in. Default: only JSON. */
  readonly codecs?: Codecs;
  /** Receives failures of handlers, refused casts and denied calls. Default: `console`. */
  readonly logger?: Logger;
  /**
   * Makes `rpcContext()` work after an `await`, in a handler and in all code that it calls. Default true. On Node 20, tracking makes
   * every promise of the process slower. `false` saves that in a process without clients whose handlers call `rpcContext()` only before
   * their first `await`, or never; a client in the process turns tracking on, because calls inherit the deadline of their request.
   */
  readonly trackContext?: boolean;
  /**
   * Code around every handler, for logs, metrics, traces and refusals. The first interceptor is the outermost. An `RpcError` with
   * `executed: 'no'` that an interceptor throws before the handler runs is sent to the caller. Any other error is treated as thrown by
   * the handler.
   */
  readonly interceptors?: readonly Interceptor[];
  /**
   * Decides whether a call may run, before its arguments are checked. `true` allows it. `false` or a text denies it: the caller gets
   * `permission_denied`, and the log gets the text as the reason. A policy that throws, or does not decide within one second, denies.
   */
  readonly access?: AccessPolicy;
  /** Apply `access` to system methods too: ping, describe, usage, cancel and credit. Denied clients get less precise errors. Default false. */
  readonly accessToSystem?: boolean;
  /**
   * Refuse calls whose subject states an older version than their arguments need, for example from a caller with a mistake in its
   * contract. Default: true if `NODE_ENV` is `test`, as test runners set it; otherwise false.
   */
  readonly strict?: boolean;
}

/** Options of `stop`. */
export interface StopOptions {
  /** Milliseconds to wait for running handlers. Default 30 000. */
  readonly timeout?: number;
  /** Do not wait for running handlers. */
  readonly now?: boolean;
}

interface Running {
  readonly messages: MessageServer;
  readonly subscriptions: readonly Subscription[];
}

const DRAIN_TIMEOUT = 30_000;

/** Serves decorated contracts on a transport: any number of endpoints, on one topic or several. */
export class RpcServer {
  /** The server's name on its topics. */
  readonly name: string;
  private readonly registrations: Registration[] = [];
  private readonly usage = new UsageLog();
  private readonly registration: RegistrationOptions;
  private readonly codecs: Codecs;
  private readonly logger: Logger;
  private readonly trackContext: boolean;
  private readonly limits: AdmissionLimits;
  private readonly interceptors: readonly Interceptor[];
  private readonly access: AccessGuard | undefined;
  private running: Promise<Running> | undefined;
  private stopping: Promise<void> | undefined;
  private messages: MessageServer | undefined;

  constructor(
    private readonly transport: Transport,
    options: RpcServerOptions,
  ) {
    this.name = requireServerName(options.server ?? defaultName());
    this.codecs = options.codecs ?? new Codecs();
    const strict = options.strict ?? process.env.NODE_ENV === 'test';
    this.registration = { validator: options.validator, strict, usage: this.usage };
    this.logger = options.logger ?? console;
    this.trackContext = options.trackContext !== false;
    this.limits = options;
    this.interceptors = requireInterceptors(options.interceptors);
    this.access = options.access === undefined ? undefined : new AccessGuard(options.access, options.accessToSystem === true);
  }

  /**
   * Adds an endpoint: a contract class with an object that implements it, or one instance of a class that is both. If two endpoints
   * can serve the same call, the one that was registered first serves it.
   *
   * @throws RpcError `invalid_contract`, `invalid_version` or `invalid_target` if the contract contradicts itself, a method is not
   * implemented, the endpoint is already registered, or the server has started.
   */
  register<T extends object, I extends Implementation<T>>(contract: Class<T>, implementation: I & NoOtherMethods<T, I>): this;
  register(service: object): this;
  register(contractOrService: Class | object, implementation?: object): this {
    if (this.running !== undefined) throw new RpcError('invalid_contract', 'register endpoints before the server starts');
    const registration = this.registrationOf(contractOrService, implementation);
    this.codecs.named(registration.contract.codec); // loads the codec now instead of at the first call
    const key = endpointKey(registration.contract);
    if (this.registrations.some(({ contract }) => endpointKey(contract) === key)) {
      throw new RpcError('invalid_contract', `endpoint ${key} is registered already`);
    }
    this.registrations.push(registration);
    return this;
  }

  /**
   * Starts serving. Resolves when the broker has all subscriptions. Calling it again has no effect.
   *
   * @throws RpcError `permission_denied` if the broker refuses a subscription (all subscriptions are ended then); `not_connected`;
   * `invalid_argument` if `limits` names a method that is not served.
   */
  async start(): Promise<void> {
    await this.stopping;
    if (this.running === undefined) {
      const starting = this.listen();
      this.running = starting;
      starting.catch(() => {
        this.running = undefined;
      });
    }
    await this.running;
  }

  /**
   * Stops serving without losing a call: ends the subscriptions, finishes the requests that have arrived, and sends their answers.
   * Handlers that run longer than `timeout` milliseconds (default 30 000; none with `now`) are abandoned: their `rpcContext().signal`
   * aborts, and their callers get `server_stopped`. Calling it again has no effect, except that `now` ends the wait of an earlier call.
   */
  async stop({ timeout = DRAIN_TIMEOUT, now = false }: StopOptions = {}): Promise<void> {
    if (this.running !== undefined && this.stopping === undefined) {
      this.stopping = this.drain(this.running, now ? 0 : timeout).finally(() => {
        this.running = undefined;
        this.stopping = undefined;
      });
    } else if (now) this.messages?.idle.hurry();
    await this.stopping;
  }

  /** Returns the counters since the server started. */
  stats(): Readonly<ServerStats> {
    return { ...(this.messages?.stats ?? NO_STATS) };
  }

  private registrationOf(contractOrService: Class | object, implementation: object | undefined): Registration {
    if (typeof contractOrService === 'function') {
      if (implementation !== undefined) return registrationOf(contractOrService as Class, implementation, this.registration);
      throw new RpcError('invalid_contract', `register(${contractOrService.name}, implementation) needs an implementation`);
    }
    if (typeof contractOrService === 'object' && contractOrService !== null && implementation === undefined) {
      return registrationOf(contractOrService.constructor as Class, contractOrService, this.registration);
    }
    throw new RpcError(
      'invalid_contract',
      `register takes a contract class and its implementation, or an instance; got ${quote(contractOrService)}`,
    );
  }

  private async listen(): Promise<Running> {
    if (this.registrations.length === 0)
      throw new RpcError('invalid_contract', `server ${this.name} has nothing to serve: register an endpoint`);
    if (this.trackContext) trackScopes();
    const announced = new AnnouncedCalls();
    const registrations = this.registrations.map((registration) => intercepted(registration, this.interceptors));
    const table = dispatchTable(this.transport.root, this.name, registrations, { announced, usage: this.usage });
    const messages = new MessageServer({
      name: this.name,
      transport: this.transport,
      codecs: this.codecs,
      table,
      announced,
      logger: this.logger,
      registrations,
      limits: this.limits,
      access: this.access,
      usage: this.usage.counts,
    });
    const deliver = messages.receive;
    const subscriptions: Subscription[] = [];
    try {
      for (const { subject, queue } of table.listening) subscriptions.push(this.transport.subscribe(subject, { queue, deliver }));
      await this.transport.flush();
      const refused = subscriptions.find((subscription) => subscription.refused !== undefined)?.refused;
      if (refused !== undefined) throw refused;
    } catch (thrown) {
      await Promise.all(subscriptions.map((subscription) => subscription.drain()));
      messages.close();
      throw thrown;
    }
    this.messages = messages;
    return { messages, subscriptions };
  }

  private async drain(running: Promise<Running>, timeout: number): Promise<void> {
    const { messages, subscriptions } = await running;
    await Promise.all(subscriptions.map((subscription) => subscription.drain()));
    const left = await messages.idle.until(timeout);
    if (left > 0) {
      this.logger.warn(`server ${this.name} stopped with ${left} handlers still running after ${timeout} ms`);
      messages.abandonAll(`server ${this.name} was stopped while it ran`);
    }
    messages.close();
    if (this.transport.status === 'connected') await this.transport.flush();
  }
}

function defaultName(): string {
  const host =
    hostname()
      .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
      .slice(0, 64) || 'host';
  return `${host}-${process.pid}-${randomBytes(3).toString('hex')}`;
}
