/** The error that every failure of Concord is: a code from the table, a sentence, data by code, and whether the call ran. */
import { ERROR_CODES, type ErrorCode, type Executed, isErrorCode } from './error-codes';
import { type ErrorData, readErrorData } from './error-data';
import { safeData, safeLines, safeText } from './safe-text';

/** Optional parts of an `RpcError`. */
export interface RpcErrorDetails<Code extends ErrorCode = ErrorCode> {
  /** By default that of the table. */
  readonly executed?: Executed;
  /** By default that of the table. */
  readonly retryable?: boolean;
  /** The facts of this error, in the form of its code. */
  readonly data?: ErrorData[Code];
  /** The id under which the server logged an `internal` error. */
  readonly id?: string;
  /** The cause, in this process only: it is never sent. */
  readonly cause?: unknown;
}

/** An error as it is sent: the `error` of a reply. */
export interface WireError {
  readonly code: string;
  /** The name of a `declared` error. */
  readonly name?: string;
  readonly message: string;
  readonly executed: Executed;
  readonly retryable: boolean;
  readonly data?: unknown;
  readonly id?: string;
}

/** An `RpcError` of one code. */
export interface RpcErrorOf<Code extends ErrorCode> extends Error {
  readonly code: Code;
  /** Tells whether the handler ran; `'no'` is a proof. */
  readonly executed: Executed;
  /** True if sending the same call again can help. */
  readonly retryable: boolean;
  /** The facts of this error: after a check of `code`, the compiler knows them. */
  readonly data: ErrorData[Code];
  readonly id: string | undefined;
  /** The sentence without the code in front. */
  readonly rawMessage: string;
  /** Returns the error as it is sent, without stack and cause. Its texts are cut after 1 024 characters, and control characters are escaped. */
  toWire(): WireError;
}

/** An `RpcError` of each of the codes. */
type RpcErrorByCode<Code extends ErrorCode> = Code extends ErrorCode ? RpcErrorOf<Code> : never;

/** The details of an error; required for codes that always have data. */
type DetailsOf<Code extends ErrorCode> = undefined extends ErrorData[Code]
  ? [details?: RpcErrorDetails<Code>]
  : [details: RpcErrorDetails<Code> & { readonly data: ErrorData[Code] }];

/**
 * Every failure that Concord raises. `code` is a row of docs/ERRORS.md, and decides the type of `data`; `executed` says whether the
 * handler ran, and `'no'` is never wrong; `retryable` says whether sending the same call again can help. `message` begins with the
 * code in brackets.
 */
export type RpcError = RpcErrorByCode<ErrorCode>;

/** The class of `RpcError`. */
export interface RpcErrorClass {
  new <Code extends ErrorCode>(code: Code, message: string, ...details: DetailsOf<Code>): RpcErrorByCode<Code>;
  readonly prototype: RpcError;
  /** Returns a thrown value as an `RpcError`: itself if it is one, else `internal` with the value as `cause`. */
  from(thrown: unknown): RpcError;
  /** Reads an error that a peer sent. A code that is unknown here (of a newer peer) becomes `internal`, and the message names it. */
  fromWire(wire: WireError): RpcError;
  /** Holds across two installed copies of the package. */
  [Symbol.hasInstance](value: unknown): value is RpcError;
}

/** The longest code, name or id of an error that a peer sent, in characters. */
const LONGEST_NAME = 64;

const BRAND = Symbol.for('concord:RpcError');

class RpcErrorBase extends Error {
  readonly code: ErrorCode;
  readonly executed: Executed;
  readonly retryable: boolean;
  readonly data: unknown;
  readonly id: string | undefined;
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

  /** Tells by a brand, not by the prototype. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== RpcErrorBase) return Function.prototype[Symbol.hasInstance].call(this, value);
    return isRpcError(value);
  }

  static from(thrown: unknown): RpcError {
    return isRpcError(thrown) ? thrown : new RpcError('internal', 'unexpected failure', { cause: thrown });
  }

  static fromWire(wire: WireError): RpcError {
    const { code, message } = wire;
    if (code === 'declared') return fromDeclared(wire);
    const known = isErrorCode(code) ? code : 'internal';
    const sentence = isErrorCode(code) ? safeText(message) : `${safeText(message)} (code ${safeText(code, LONGEST_NAME)})`;
    return new RpcError(known, sentence, { ...factsOf(wire), data: readErrorData(known, safeData(wire.data)) as never });
  }

  toWire(): WireError {
    const { code, rawMessage, executed, retryable, data, id } = this;
    const isDeclared = code === 'declared'; // its message and its data are the user's
    const message = isDeclared ? safeLines(rawMessage) : safeText(rawMessage);
    const sent = isDeclared ? data : safeData(data);
    return { code, message, executed, retryable, ...(sent !== undefined && { data: sent }), ...(id !== undefined && { id }) };
  }
}

Object.defineProperty(RpcErrorBase, 'name', { value: 'RpcError' });

/** Makes an `RpcError`. */
export const RpcError = RpcErrorBase as unknown as RpcErrorClass;

/** Reads an error that the sender's contract declares, for a caller that has no class for it. */
function fromDeclared(wire: WireError): RpcError {
  const { name = 'an error without a name', message, data } = wire;
  const fields = typeof data === 'object' && data !== null ? data : {};
  const sentence = `${safeText(name, LONGEST_NAME)}: ${safeLines(message)}`;
  return new RpcError('declared', sentence, { ...factsOf(wire), data: { ...fields, name } });
}

/** Reads the facts of an error that a peer sent which are the same for every code. */
export function factsOf({ executed, retryable, id }: WireError): Pick<WireError, 'executed' | 'retryable' | 'id'> {
  return { executed, retryable, ...(typeof id === 'string' && { id: safeText(id, LONGEST_NAME) }) };
}

/**
 * Makes any error an `RpcError` in addition to its own class: `isRpcError` holds, and the error has the code, `executed`, `retryable`
 * and the other properties of the given one. They are not enumerable.
 */
export function withFacts<E extends Error>(error: E, facts: RpcError): E & RpcError {
  const { code, executed, retryable, data, id, rawMessage, toWire } = facts;
  const all = { code, executed, retryable, data, id, rawMessage, toWire, [BRAND]: true };
  for (const key of Reflect.ownKeys(all)) {
    Object.defineProperty(error, key, { value: all[key as keyof typeof all], configurable: true, writable: true });
  }
  return error as E & RpcError;
}

/** Returns whether a caught value is an `RpcError`, also one made by another copy of the package. */
export function isRpcError(value: unknown): value is RpcError {
  try {
    return typeof value === 'object' && value !== null && (value as { [BRAND]?: unknown })[BRAND] === true;
  } catch {
    return false; // a Proxy that throws when a property is read
  }
}
