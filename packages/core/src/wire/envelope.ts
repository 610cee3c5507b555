/** The words of the JSON envelope, as docs/PROTOCOL.md explains them. Single letters and nesting are avoided: captures are read by people. */

import type { WireError } from '../errors/rpc-error';

/** Version of the envelope itself, apart from every interface version. Left out when it is 1. */
export const ENVELOPE_VERSION = 1;

/** Most requests that travel in one message. */
export const MOST_CALLS = 256;

/** Keys of a request. */
export const REQUEST = {
  /** Version of the envelope, if not 1. */
  envelope: 'envelope',
  /** What the reply has to echo: a fresh random text, so that no other service can answer. */
  nonce: 're',
  /** Milliseconds that the caller still waits: time left, not a clock reading. */
  ttl: 'ttl',
  /** Version of the caller's contract. */
  contract: 'contract',
  /** True if no answer is wanted. */
  cast: 'cast',
  /** An array by position, or an object by name or index. */
  args: 'args',
  /** Keys and values that the caller says beside the arguments. */
  context: 'context',
  /** The call has to give a sign of life at least every so many milliseconds. */
  monitor: 'monitor',
  /** The server is to say at once that it runs the call. */
  accept: 'accept',
  /** The same for every attempt at one call. */
  id: 'id',
  /** With `id`: the server has said that it has this call. */
  known: 'known',
  /** Every server is to answer, with its name. */
  each: 'each',
  /** How many items of a stream may be under way. */
  window: 'window',
  /** Requests that travel together, in place of `args`. */
  calls: 'calls',
} as const;

/** Keys of the `error` of a reply. */
export const ERROR = {
  code: 'code',
  /** Of a `declared` error: which of those that the contract declares. */
  name: 'name',
  message: 'message',
  /** Whether the handler ran. */
  executed: 'executed',
  retryable: 'retryable',
  data: 'data',
  /** Under which the server's log has the details. */
  id: 'id',
} as const satisfies { readonly [Key in keyof WireError]-?: Key };

/** Keys of a reply. */
export const REPLY = {
  nonce: 're',
  result: 'result',
  error: 'error',
  /** Of a stream: what comes next. */
  items: 'items',
  /** Of a stream: true if there is no more. */
  end: 'end',
  /** Of a notice: how many there have been of this call. */
  alive: 'alive',
  /** Of a notice: the server that runs the call. Of an answer among those of all: who gives it. */
  server: 'server',
  /** Of a notice: how far the call is. */
  progress: 'progress',
  /** Replies that travel together. */
  replies: 'replies',
} as const;
