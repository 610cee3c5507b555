/** A call that the user's own code turned away before its handler ran. */
import type { RpcError } from '@concord-rpc/core';

/** Thrown past the server's own error handling. Unlike other refusals it is answered also where everyone was asked: it is this server's word. */
export class Refusal {
  readonly #isRefusal = true;

  constructor(
    /** What the caller is told. */
    readonly error: RpcError,
    /** What the log is told; if left out, only that a cast was refused. */
    readonly line?: string,
  ) {}

  /** Whether a thrown thing is one. Touches nothing of it: `instanceof` would run the traps of a proxy. */
  static is(thrown: unknown): thrown is Refusal {
    return typeof thrown === 'object' && thrown !== null && #isRefusal in thrown;
  }
}
