/** A refusal by an access policy or an interceptor, before the handler ran. */
import type { RpcError } from '@concord-rpc/core';

/** Thrown to refuse a call. Unlike other refusals it is also answered when the message went to all servers: it is this server's decision. */
export class Refusal {
  readonly #isRefusal = true;

  constructor(
    /** The error for the caller. */
    readonly error: RpcError,
    /** The line for the log; if left out, only refused casts are logged. */
    readonly line?: string,
  ) {}

  /** Returns whether a thrown value is a refusal. It reads no property: `instanceof` would run the traps of a proxy. */
  static is(thrown: unknown): thrown is Refusal {
    return typeof thrown === 'object' && thrown !== null && #isRefusal in thrown;
  }
}
