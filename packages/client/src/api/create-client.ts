/** Makes a client: a plain object with one function a method. */
import {
  type Class,
  type Codecs,
  compileContract,
  type Interceptor,
  quote,
  RpcError,
  requireInterceptors,
  requireServerName,
  subjects,
  type Transport,
  trackScopes,
  type Validator,
} from '@concord-rpc/core';
import { call } from '../calls/call';
import { cast } from '../calls/cast';
import { each } from '../calls/each';
import { stream } from '../calls/stream';
import { type Connection, connectionOf } from '../connection/connection';
import type { View } from '../connection/outgoing';
import type { RetryBudget } from '../connection/retry-budget';
import { pingAll, pingServer } from '../fleet/ping';
import { type ClientMethod, clientMethods } from '../method/client-method';
import { Destination } from '../method/destination';
import { type CallOptions, type Settings, settingsOf } from '../options/call-options';
import { canSend } from '../versions/can-send';
import { liveServers } from '../versions/live-servers';
import { type Send, whenCapKnown } from '../versions/when-cap-known';
import type { Client } from './client-type';
import { intercepted, type Ways } from './intercepted';

/** Settings of a client: those of its calls, what reads DTO classes and checks what arrives, how messages are written. */
export interface ClientOptions extends CallOptions {
  readonly validator: Validator;
  /** Code around every call, cast and stream of the client, the first outermost: for logs, measures, traces. Not for `$with`. */
  readonly interceptors?: readonly Interceptor[];
  /** The wire formats that contracts can choose. Default: JSON alone. */
  readonly codecs?: Codecs;
}

/**
 * A typed client of a contract on a transport. Calls go to one server of the topic that serves the version they need.
 *
 * @throws RpcError `invalid_contract`, `invalid_version`, `invalid_target` or `invalid_argument` if the class or an option is wrong.
 */
export function createClient<T extends object>(transport: Transport, type: Class<T>, options: ClientOptions): Client<T> {
  trackScopes(); // its calls ask which request they are part of
  const { validator, codecs, interceptors, ...callOptions } = options;
  const contract = compileContract(type, validator);
  const connection = connectionOf(transport, codecs);
  const address = subjects.addressOf(contract.target, transport.root);
  const methods = clientMethods(contract, connection.codecs.named(contract.codec), validator);
  return new ClientFactory<T>(connection, methods, address, intercepted(PLAIN, requireInterceptors(interceptors))).client(
    new Destination('any', address, contract.target),
    settingsOf(callOptions),
  );
}

/** The ways to send, as they are without interceptors. */
const PLAIN: Ways = { call, cast, each, stream };

/** Makes the views of one client: the same methods, sent elsewhere or with other settings. */
class ClientFactory<T> {
  constructor(
    private readonly connection: Connection,
    private readonly methods: readonly ClientMethod[],
    private readonly address: subjects.Address,
    private readonly ways: Ways,
  ) {
    this.budget = connection.retryBudget(address);
  }

  private readonly budget: RetryBudget;

  client(destination: Destination, settings: Settings): Client<T> {
    const { ways } = this;
    const client = this.functions(ways.call, destination, settings);
    const { target } = destination;
    let casts: object | undefined;
    let fanouts: object | undefined;
    const { address } = this;
    let eaches: object | undefined;
    const functions = (to: Destination) => this.functions(ways.cast, to, settings);
    const toEach = () => this.functions(ways.each, new Destination('all', address, target), settings);
    const extras = {
      $with: (options: CallOptions) => this.client(destination, settingsOf(options, settings)),
      $to: (server: string) => this.client(new Destination('to', address, target, requireServerName(server)), settings),
      $ping: (server?: string) => {
        const view = this.view(destination, settings);
        return server === undefined ? pingAll(view) : pingServer(view, server);
      },
      $canSend: (name: string, ...args: unknown[]) => canSend(this.view(destination, settings), this.method(name), args),
      $servers: async (name?: string, ...args: unknown[]) => {
        const call = name === undefined ? undefined : { method: this.method(name), args };
        return liveServers(this.view(destination, settings), this.methods[0]!.contract, call);
      },
      get $cast() {
        return (casts ??= functions(destination));
      },
      get $fanout() {
        return (fanouts ??= functions(new Destination('all', address, target)));
      },
      get $each() {
        return (eaches ??= toEach());
      },
    };
    // extras are not enumerable: printing a client shows its methods
    const hidden = Object.entries(Object.getOwnPropertyDescriptors(extras)).map(([key, own]) => [
      key,
      { ...own, enumerable: false },
    ]);
    return Object.defineProperties(client, Object.fromEntries(hidden)) as Client<T>;
  }

  private functions(send: Ways[keyof Ways], destination: Destination, settings: Settings): object {
    const { ways } = this;
    const view = this.view(destination, settings);
    const functions: Record<string, (...args: unknown[]) => Promise<unknown> | AsyncIterableIterator<unknown>> = {};
    for (const method of this.methods) {
      const how: Send = send === ways.call && method.definition.mode === 'stream' ? ways.stream : send;
      const gives = how === ways.call || how === ways.cast ? 'promise' : 'iterator';
      const sendNow = settings.cap === 'auto' ? whenCapKnown(how, gives) : how;
      functions[method.definition.name] = (...args) => sendNow(view, method, args);
    }
    return functions;
  }

  private view(destination: Destination, settings: Settings): View {
    return { connection: this.connection, destination, settings, budget: this.budget };
  }

  private method(name: string): ClientMethod {
    const method = this.methods.find(({ definition }) => definition.name === name);
    if (method === undefined) throw new RpcError('invalid_argument', `the contract has no method ${quote(name)}`);
    return method;
  }
}
