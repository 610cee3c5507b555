/** Makes a client: an object with one function for each method of the contract. */
import { type CallMode, type Class, type Interceptor, RpcError, type Transport } from '@concord-rpc/core';
import {
  compileContract,
  formatVersion,
  quote,
  requireInterceptors,
  requireServerName,
  statsOf,
  trackScopes,
  type Validator,
} from '@concord-rpc/core/engine';
import { type Codecs, subjects } from '@concord-rpc/core/wire';
import { methodFunction } from '../calls/bound-method';
import { call } from '../calls/call';
import { cast } from '../calls/cast';
import { stream } from '../calls/stream';
import { connectionOf } from '../connection/connection';
import type { Send, View } from '../connection/outgoing';
import { each } from '../each/each';
import { pingAll, pingServer } from '../fleet/ping';
import { type ClientMethod, clientMethods } from '../method/client-method';
import { Destination } from '../method/destination';
import type { CallOptions } from '../options/call-options';
import { DEFAULT_TIMEOUT, settingsOf } from '../options/settings';
import { canSend } from '../versions/can-send';
import { whenCapKnown } from '../versions/cap';
import { liveServers } from '../versions/live-servers';
import { whenServerRuns } from '../versions/wait-for-server';
import { watchServers } from '../versions/watch-servers';
import type { Client } from './client-type';
import { intercepted, type Senders } from './intercepted';
import { MethodView, withMethods } from './method-view';

/** Settings of a client: options of its calls, the validator, interceptors and wire formats. */
export interface ClientOptions extends CallOptions {
  /** Reads DTO classes, and checks results and the data of errors. */
  readonly validator: Validator;
  /** Code around every call, cast and stream of the client, the first outermost: for logs, measures, traces. Not for `$with`. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /** The wire formats that contracts can choose. Default: JSON alone. */
  readonly codecs?: Codecs | undefined;
}

/**
 * A typed client of a contract on a transport. Calls go to one server of the topic that serves the version they need.
 *
 * @throws RpcError `invalid_contract`, `invalid_version`, `invalid_target` or `invalid_argument` if the class or an option is wrong.
 */
export function createClient<T extends object>(transport: Transport, type: Class<T>, options: ClientOptions): Client<T> {
  trackScopes(); // a call looks for the request that it is part of
  const { validator, codecs, interceptors, ...callOptions } = options;
  const contract = compileContract(type, validator);
  const connection = connectionOf(transport, codecs);
  const address = subjects.addressOf(contract.target, transport.root);
  const methods = clientMethods(contract, connection.codecs.named(contract.codec), validator);
  const senders = intercepted({ call, cast, each, stream }, requireInterceptors(interceptors));
  const destination = new Destination('any', address, contract.target);
  const route = connection.route(destination, contract.version.major);
  const view = { connection, destination, settings: settingsOf(callOptions), route };
  return new ClientFactory(type, methods, senders).ownClient(view) as unknown as Client<T>;
}

/** Classes of objects with the methods of a contract, by the contract's class. */
const classes = new WeakMap<Class, { readonly Client: typeof ClientView; readonly Methods: typeof MethodView }>();

/** Makes the clients of one contract that differ in destination and settings. */
class ClientFactory {
  constructor(
    private readonly type: Class,
    readonly methods: readonly ClientMethod[],
    private readonly senders: Senders,
  ) {}

  /** A client whose methods are its own properties. */
  ownClient(view: View): ClientView {
    const client = new ClientView(this, view) as ClientView & Record<string, unknown>;
    for (const [index, { definition }] of this.methods.entries()) client[definition.name] = this.plainFunction(view, index);
    return client;
  }

  /** A client that finds its methods on its prototype, which costs nothing for each method. */
  client(view: View): ClientView {
    return new (this.classes().Client)(this, view);
  }

  casts(view: View): MethodView {
    const mode = view.destination.delivery === 'all' ? 'fanout' : 'cast';
    return new (this.classes().Methods)((index) => this.functionOf(view, this.methods[index]!, mode));
  }

  eaches(view: View): MethodView {
    const send = this.whenReady(view, this.senders.each, 'iterator');
    return new (this.classes().Methods)((index) => methodFunction(view, this.methods[index]!, 'call', send));
  }

  /** The function of a method for plain calls: a call, or a stream if the method is one. */
  plainFunction(view: View, index: number): (...args: unknown[]) => unknown {
    const method = this.methods[index]!;
    return this.functionOf(view, method, method.definition.mode === 'stream' ? 'stream' : 'call');
  }

  private classes() {
    let made = classes.get(this.type);
    if (made === undefined) {
      const names = this.methods.map(({ definition }) => definition.name);
      made = {
        Client: withMethods(class extends ClientView {}, names),
        Methods: withMethods(class extends MethodView {}, names),
      };
      classes.set(this.type, made);
    }
    return made;
  }

  private functionOf(view: View, method: ClientMethod, mode: CallMode): (...args: unknown[]) => unknown {
    const { call: sendCall, cast: sendCast, stream: sendStream } = this.senders;
    const send = mode === 'stream' ? sendStream : mode === 'call' ? sendCall : sendCast;
    return methodFunction(view, method, mode, this.whenReady(view, send, mode === 'stream' ? 'iterator' : 'promise'));
  }

  private whenReady(view: View, send: Send, gives: 'promise' | 'iterator'): Send {
    const held = view.settings.cap === 'auto' ? whenCapKnown(send, gives) : send;
    return view.settings.waitForServer && view.destination.delivery === 'to' ? whenServerRuns(held, gives) : held;
  }
}

/** A client: the methods of the contract, and members that begin with `$`. Only the methods are enumerable. */
class ClientView extends MethodView {
  readonly #factory: ClientFactory;
  readonly #view: View;
  #casts: MethodView | undefined;
  #fanouts: MethodView | undefined;
  #eaches: MethodView | undefined;

  constructor(factory: ClientFactory, view: View) {
    super((index) => factory.plainFunction(view, index));
    this.#factory = factory;
    this.#view = view;
  }

  get $contract() {
    const { name, version } = this.#factory.methods[0]!.contract;
    return { name, version: formatVersion(version) };
  }

  get $cast(): MethodView {
    return (this.#casts ??= this.#factory.casts(this.#view));
  }

  get $fanout(): MethodView {
    return (this.#fanouts ??= this.#factory.casts(this.#toAll()));
  }

  get $each(): MethodView {
    return (this.#eaches ??= this.#factory.eaches(this.#toAll()));
  }

  // functions, not methods: users may take them off the client, as they may the contract's methods

  get $with() {
    return (options: CallOptions): ClientView => {
      const view = this.#view;
      return this.#factory.client({ ...view, settings: settingsOf(options, view.settings) });
    };
  }

  get $to() {
    return (server: string, options: CallOptions = {}): ClientView => {
      const { destination: all, settings } = this.#view;
      const view = this.#toDestination(new Destination('to', all.address, all.target, requireServerName(server)));
      return this.#factory.client({ ...view, settings: settingsOf(options, settings) });
    };
  }

  get $ping() {
    return (server?: string): Promise<unknown> => {
      const { connection, destination, settings } = this.#view;
      const timeout = settings.timeout ?? DEFAULT_TIMEOUT;
      if (server === undefined) return pingAll(connection, destination, timeout);
      return pingServer(connection, destination, server, timeout);
    };
  }

  get $canSend() {
    return (name: string, ...args: unknown[]): boolean => canSend(this.#view, this.#method(name), args);
  }

  get $servers() {
    return async (name?: string, ...args: unknown[]): Promise<unknown> => {
      const asked = name === undefined ? undefined : { method: this.#method(name), args };
      return liveServers(this.#view, this.#factory.methods[0]!.contract, asked);
    };
  }

  get $stats() {
    return () => Object.fromEntries(this.#factory.methods.map(({ definition, tally }) => [definition.name, statsOf(tally)]));
  }

  get $watch() {
    return (): AsyncIterableIterator<unknown> => watchServers(this.#view, this.#factory.methods[0]!.contract);
  }

  #toAll(): View {
    const { address, target } = this.#view.destination;
    return this.#toDestination(new Destination('all', address, target));
  }

  #toDestination(destination: Destination): View {
    const { major } = this.#factory.methods[0]!.contract.version;
    return { ...this.#view, destination, route: this.#view.connection.route(destination, major) };
  }

  #method(name: string): ClientMethod {
    const method = this.#factory.methods.find(({ definition }) => definition.name === name);
    if (method === undefined) throw new RpcError('invalid_argument', `the contract has no method ${quote(name)}`);
    return method;
  }
}
