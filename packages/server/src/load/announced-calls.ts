/** Calls whose callers know which server runs them, so that they can cancel the call or send credit. */
import { RpcError } from '@concord-rpc/core';
import type { IncomingRequest } from '../request/incoming-request';

/** Finds an announced call by its nonce, which only its caller knows. */
export class AnnouncedCalls {
  private readonly byNonce = new Map<string, IncomingRequest>();

  add(request: IncomingRequest): void {
    if (request.nonce !== undefined) this.byNonce.set(request.nonce, request);
  }

  remove(request: IncomingRequest): void {
    if (request.nonce !== undefined) this.byNonce.delete(request.nonce);
  }

  /** Lets the handler of a stream send so many more items; 0 only shows that the reader is alive. */
  credit(nonce: unknown, items: unknown): void {
    this.byNonce.get(nonce as string)?.stream?.grant(items);
  }

  /** Aborts the signal of a call. */
  cancel(nonce: unknown): void {
    const request = this.byNonce.get(nonce as string);
    request?.abort(new RpcError('cancelled', `the caller of ${request.label} cancelled it`));
  }
}
