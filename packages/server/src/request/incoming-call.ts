/** A request as interceptors and access policies of a server see it. Most of it is made only when it is asked for. */
import { type CallMode, contextOf, type InterceptedCall, quote, RpcError, subjects } from '@concord-rpc/core';
import type { IncomingRequest } from './incoming-request';

/** The call that a request makes. */
export class IncomingCall implements InterceptedCall {
  readonly side = 'server';
  readonly #exchange: IncomingRequest;

  constructor(
    exchange: IncomingRequest,
    readonly args: readonly unknown[],
  ) {
    this.#exchange = exchange;
  }

  get label() {
    return this.#exchange.label;
  }
  get contract() {
    return this.#exchange.method!.contract.name;
  }
  get method() {
    return this.#exchange.method!.definition.name;
  }
  get needs() {
    const { major, minor } = subjects.parseSubject(this.#exchange.subject)!;
    return `${major}.${minor}`;
  }
  get mode(): CallMode {
    if (this.#exchange.wantsAnswer) return this.#exchange.method!.definition.mode === 'stream' ? 'stream' : 'call';
    return this.#exchange.subjectIsForAll ? 'fanout' : 'cast';
  }
  get target() {
    return this.#exchange.method!.contract.target;
  }
  get server() {
    return this.#exchange.server;
  }
  get context() {
    return this.#exchange.values;
  }
  get request() {
    return contextOf(this.#exchange);
  }

  addContext(values: object): never {
    const keys = quote(Object.keys(values ?? {}).join(', '));
    throw new RpcError('invalid_argument', `context ${keys} of ${this.label} cannot be added on the server: its caller sets it`);
  }
}
