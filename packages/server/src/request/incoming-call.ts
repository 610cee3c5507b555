/** A request as interceptors and access policies of a server see it. Most values are computed on first use. */
import { type CallHandler, type CallMode, type Class, type InterceptedCall, RpcError } from '@concord-rpc/core';
import { contextOf, quote } from '@concord-rpc/core/engine';
import { subjects } from '@concord-rpc/core/wire';
import type { IncomingRequest } from './incoming-request';

/** The call that a request makes. */
export class IncomingCall implements InterceptedCall {
  readonly side = 'server';
  readonly #request: IncomingRequest;

  constructor(
    request: IncomingRequest,
    readonly args: readonly unknown[],
  ) {
    this.#request = request;
  }

  get label() {
    return this.#request.label;
  }
  get contract() {
    return this.#request.method!.contract.name;
  }
  get method() {
    return this.#request.method!.definition.name;
  }
  get needs() {
    const { major, minor } = subjects.parseSubject(this.#request.subject)!;
    return `${major}.${minor}`;
  }
  get mode(): CallMode {
    return this.#request.mode;
  }
  get target() {
    return this.#request.method!.contract.target;
  }
  get server() {
    return this.#request.server;
  }
  get context() {
    return this.#request.values;
  }
  get request() {
    return contextOf(this.#request);
  }
  get handler(): CallHandler | undefined {
    const { contract, definition, implementation, handler } = this.#request.method!;
    if (implementation === undefined || contract.type === undefined) return undefined;
    const type = implementation.constructor as Class | undefined;
    const declared = (type?.prototype as Record<string, unknown> | undefined)?.[definition.name];
    const method = (typeof declared === 'function' ? declared : handler) as CallHandler['method'];
    return { contract: contract.type, implementation: type ?? Object, method };
  }

  addContext(values: object): never {
    const keys = quote(Object.keys(values ?? {}).join(', '));
    throw new RpcError(
      'invalid_argument',
      `context ${keys} of ${this.label} cannot be added on the server: only its caller can set it`,
    );
  }
}
