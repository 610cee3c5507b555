/** Calls that their callers can speak to while they run. */
import { RpcError } from '@concord-rpc/core';
import type { IncomingRequest } from '../request/incoming-request';

/** Finds a running call by its nonce, which only its caller knows. */
export class CallsUnderWay {
  private readonly byNonce = new Map<string, IncomingRequest>();

  add(exchange: IncomingRequest): void {
    if (exchange.nonce !== undefined) this.byNonce.set(exchange.nonce, exchange);
  }

  remove(exchange: IncomingRequest): void {
    if (exchange.nonce !== undefined) this.byNonce.delete(exchange.nonce);
  }

  /** The reader of a stream has room for so many more items; 0 says only that it is there. */
  credit(nonce: unknown, items: unknown): void {
    this.byNonce.get(nonce as string)?.stream?.grant(items);
  }

  /** The caller has gone. */
  cancel(nonce: unknown): void {
    const exchange = this.byNonce.get(nonce as string);
    exchange?.abort(new RpcError('cancelled', `the caller of ${exchange.label} cancelled it`));
  }
}
