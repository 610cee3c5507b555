/** The one error class: a code from the table, a sentence, and whether the call ran. */
import { ERROR_CODES, type ErrorCode, type Executed, isErrorCode } from './error-codes';

/** What an `RpcError` may say beyond its code and sentence. */
export interface RpcErrorDetails {
  /** Overrides the table where the raiser knows better. */
  readonly executed?: Executed;
  /** Overrides the table where the raiser knows better. */
  readonly retryable?: boolean;
  /** Facts about this error, as the table's row describes them. */
  readonly data?: unknown;
  /** The id under which the server logged an `internal` error. */
  readonly id?: string;
  /** What led to it, in this process only: never sent. */
  readonly cause?: unknown;
}

/** An error as it travels: what `error` of a reply holds. */
export interface WireError {
  readonly code: string;
  /** Of a `declared` error: which. */
  readonly name?: string;
  readonly message: string;
  readonly executed: Executed;
  readonly retryable: boolean;
  readonly data?: unknown;
  readonly id?: string;
}

const BRAND = Symbol.for('concord:RpcError');

/**
 * Every failure that Concord raises. `code` is a row of docs/ERRORS.md; `executed` says whether the handler ran, and `'no'` is
 * never wrong; `retryable` says whether sending the same call again can help. `message` begins with the code in brackets.
 */
export class RpcError extends Error {
  readonly code: ErrorCode;
  readonly executed: Executed;
  readonly retryable: boolean;
  readonly data: unknown;
  readonly id: string | undefined;
  /** The sentence without the code in front. */
  readonly rawMessage: string;

  constructor(code: ErrorCode, message: string, details: RpcErrorDetails = {}) {
    super(`[${code}] ${message}`, details.cause === undefined ? undefined : { cause: details.cause });
    const row = ERROR_CODES[code];
    this.name = 'RpcError';
    this.code = code;
    this.rawMessage = message;
    this.executed = details.executed ?? row.executed;
    this.retryable = details.retryable ?? row.retryable === true;
    this.data = details.data;
    this.id = details.id;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Holds across two installed copies of the package: told by a brand, not by the prototype. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== RpcError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return isRpcError(value);
  }

  /** Any thrown thing as an `RpcError`: itself if it is one, else `internal` with the thing as `cause`. */
  static from(thrown: unknown): RpcError {
    return isRpcError(thrown) ? thrown : new RpcError('internal', 'unexpected failure', { cause: thrown });
  }

  /** The error that a peer sent. An unknown code (a newer peer) reads as `internal`; the sentence keeps the code it had. */
  static fromWire(wire: WireError): RpcError {
    if (wire.code === 'declared') return fromDeclared(wire);
    if (isErrorCode(wire.code)) return new RpcError(wire.code, wire.message, wire);
    return new RpcError('internal', `${wire.message} (code ${wire.code})`, wire);
  }

  /** What is sent of it: never the stack, never the cause. */
  toWire(): WireError {
    const { code, rawMessage: message, executed, retryable, data, id } = this;
    return { code, message, executed, retryable, ...(data !== undefined && { data }), ...(id !== undefined && { id }) };
  }
}

/** An error that the sender's contract declares, for somebody who has no class for it. */
function fromDeclared(wire: WireError): RpcError {
  const { name = 'an error without a name', message, data } = wire;
  const fields = typeof data === 'object' && data !== null ? data : {};
  return new RpcError('declared', `${name}: ${message}`, { ...wire, data: { ...fields, name } });
}

/**
 * Makes any error an `RpcError` besides what it is: `isRpcError` holds, and it has the code, `executed`, `retryable` and the other facts of the one given.
 * They do not show when it is printed.
 */
export function withFacts<E extends Error>(error: E, facts: RpcError): E & RpcError {
  const { code, executed, retryable, data, id, rawMessage, toWire } = facts;
  const all = { code, executed, retryable, data, id, rawMessage, toWire, [BRAND]: true };
  for (const key of Reflect.ownKeys(all)) {
    Object.defineProperty(error, key, { value: all[key as keyof typeof all], configurable: true, writable: true });
  }
  return error as E & RpcError;
}

/** Whether a caught thing is an `RpcError`, also one made by another copy of the package. */
export function isRpcError(value: unknown): value is RpcError {
  try {
    return typeof value === 'object' && value !== null && (value as { [BRAND]?: unknown })[BRAND] === true;
  } catch {
    return false; // a Proxy that does not let itself be looked at
  }
}
