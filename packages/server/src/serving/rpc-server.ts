/** A server: what it serves, from when until when. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type Class,
  Codecs,
  endpointKey,
  type Interceptor,
  type Logger,
  quote,
  RpcError,
  requireInterceptors,
  requireServerName,
  type Subscription,
  type Transport,
  trackScopes,
  type Validator,
} from '@concord-rpc/core';
import { dispatchTable } from '../dispatch/dispatch-table';
import type { AdmissionLimits } from '../load/admission';
import { CallsUnderWay } from '../load/calls-under-way';
import type { Implementation, NoOtherMethods } from '../registration/implementation-type';
import { type RegistrationOptions, registrationOf } from '../registration/register';
import type { Registration } from '../registration/served-method';
import { NO_STATS, type ServerStats } from '../request/server-stats';
import { UsageLog } from '../usage/usage-log';
import { AccessGuard, type AccessPolicy } from './access';
import { intercepted } from './intercepted';
import { MessageServer } from './serve-message';

/** Settings of a server. */
export interface RpcServerOptions extends AdmissionLimits {
  /** Its name on the topic, for `$to(name)`: one server at a time should have it. Default: host name, process id and a random part. */
  readonly server?: string;
  /** What checks DTO arguments. */
  readonly validator: Validator;
  /** The wire formats that it reads and answers in. Default: JSON alone. */
  readonly codecs?: Codecs;
  /** Where failures of handlers are written. Default: `console`. */
  readonly logger?: Logger;
  /**
   * Make `rpcContext()` work after an `await` of a handler. It does so by itself where this process has clients, or where the source of an
   * implementation names `rpcContext`; say it if only code that handlers call does. On Node 20 it makes every promise of the process dearer.
   */
  readonly trackContext?: true;
  /**
   * Code around every handler, the first outermost: for logs, measures, traces, refusals. An `RpcError` with `executed: 'no'` that one throws before
   * the handler runs goes to the caller as it is; whatever else they throw is treated as if the handler had thrown it.
   */
  readonly interceptors?: readonly Interceptor[];
  /**
   * Asked before each call, once it is known which method is meant and before its arguments are checked: `true` lets it run; `false` or a reason is
   * `permission_denied` for the caller and a line in the log, the reason only there. A policy that throws, or has not decided within a second, denies.
   */
  readonly access?: AccessPolicy;
  /** Ask it also about what servers answer for Concord itself: who is there, contracts, cancellation. Clients then hear less in their errors. Default false. */
  readonly accessToSystem?: boolean;
  /**
   * Refuse calls whose subject claims an older version than their arguments use: a caller written by hand, or a mistake in the caller's contract. Default:
   * whether `NODE_ENV` is `test`, as test runners set it; a server in production takes what it understands.
   */
  readonly strict?: boolean;
}

/** How to stop. */
export interface StopOptions {
  /** Milliseconds that running handlers are given. Default 30 000. */
  readonly timeout?: number;
  /** Give them none. */
  readonly now?: boolean;
}

interface Running {
  readonly messages: MessageServer;
  readonly subscriptions: readonly Subscription[];
}

const DRAIN_TIMEOUT = 30_000;

/** Serves decorated contracts on a transport: any number of endpoints, on one or several topics. */
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
    this.trackContext = options.trackContext === true;
    this.limits = options;
    this.interceptors = requireInterceptors(options.interceptors);
    this.access = options.access === undefined ? undefined : new AccessGuard(options.access, options.accessToSystem === true);
  }

  /**
   * Adds an endpoint: a contract class with an object that implements it, or one instance of a class that is both. Endpoints that
   * could serve the same call are asked in the order in which they were registered.
   *
   * @throws RpcError `invalid_contract`, `invalid_version` or `invalid_target`: the contract contradicts itself, a method is not
   * implemented, the endpoint is registered already, or the server has started.
   */
  register<T extends object, I extends Implementation<T>>(contract: Class<T>, implementation: I & NoOtherMethods<T, I>): this;
  register(service: object): this;
  register(contractOrService: Class | object, implementation?: object): this {
    if (this.running !== undefined) throw new RpcError('invalid_contract', 'register endpoints before the server starts');
    const registration = this.registrationOf(contractOrService, implementation);
    this.codecs.named(registration.contract.codec); // loaded now rather than in the first call
    const key = endpointKey(registration.contract);
    if (this.registrations.some(({ contract }) => endpointKey(contract) === key)) {
      throw new RpcError('invalid_contract', `endpoint ${key} is registered already`);
    }
    this.registrations.push(registration);
    if (this.trackContext || registration.asksForContext) trackScopes();
    return this;
  }

  /**
   * Begins to serve; resolves when the broker knows all subscriptions. Calling it again has no effect.
   *
   * @throws RpcError `permission_denied` if the broker refuses a subscription (none is left then), `not_connected`, `invalid_argument` if
   * `limits` names a method that is not served.
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
   * Stops serving without losing a call: listens no more, finishes what has arrived, sends the answers. Handlers that have not
   * finished after `timeout` milliseconds (default 30 000), or at once with `now`, are given up: their `rpcContext().signal` aborts, and their
   * callers are told `server_stopped`. Calling it again has no effect, but that `now` ends a patient stop.
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

  /** What the server has done since it started. */
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
    const underWay = new CallsUnderWay();
    const registrations = this.registrations.map((registration) => intercepted(registration, this.interceptors));
    const table = dispatchTable(this.transport.root, this.name, registrations, { underWay, usage: this.usage });
    const messages = new MessageServer(
      this.name,
      this.transport,
      this.codecs,
      table,
      underWay,
      this.logger,
      registrations,
      this.limits,
      this.access,
      this.usage.counts,
    );
    const deliver = messages.serve.bind(messages);
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
