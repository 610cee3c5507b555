/** The keys of the envelope, as docs/PROTOCOL.md explains them. They are words, not letters: people read captured messages. */

import type { WireError } from '../errors/rpc-error';

/** The version of the envelope itself, independent of interface versions. Version 1 is not sent. */
export const ENVELOPE_VERSION = 1;

/** The most requests in one batch, and replies in one message. */
export const MOST_IN_MESSAGE = 256;

/** Keys of a request. */
export const REQUEST = {
  /** The version of the envelope, if it is not 1. */
  envelope: 'envelope',
  /** A new random text that the reply must echo, so that no other service can reply. */
  nonce: 're',
  /** Milliseconds until the caller's deadline: time left, not a time of day. */
  ttl: 'ttl',
  /** The version of the caller's contract. */
  contract: 'contract',
  /** True if no reply is expected. */
  cast: 'cast',
  /** An array by position, or an object by name or index. */
  args: 'args',
  /** The context: keys and values of the caller. */
  context: 'context',
  /** Texts of the caller's tracers: `traceparent`, `tracestate`, `baggage` or others. */
  trace: 'trace',
  /** The interval of heartbeats in milliseconds. */
  monitor: 'monitor',
  /** True if the server must send a notice when it accepts the call. */
  accept: 'accept',
  /** The id of the call, the same for every attempt. */
  id: 'id',
  /** With `id`: true if the server has accepted this call. */
  known: 'known',
  /** True if every server replies, with its name. */
  each: 'each',
  /** The minors of all forms of a request to all servers, newest first. */
  forms: 'forms',
  /** The number of items of a stream that can be under way. */
  window: 'window',
  /** The requests of a batch, in place of `args`. */
  calls: 'calls',
} as const;

/** Keys of the `error` of a reply. */
export const ERROR = {
  code: 'code',
  /** The name of a `declared` error. */
  name: 'name',
  message: 'message',
  /** Tells whether the handler ran. */
  executed: 'executed',
  retryable: 'retryable',
  data: 'data',
  /** The id under which the server's log has the details. */
  id: 'id',
} as const satisfies { readonly [Key in keyof WireError]-?: Key };

/** Keys of a reply. */
export const REPLY = {
  nonce: 're',
  result: 'result',
  error: 'error',
  /** The next items of a stream. */
  items: 'items',
  /** True if a stream has no more items. */
  end: 'end',
  /** In a notice: the number of notices of this call so far. */
  alive: 'alive',
  /** In a notice and in a reply to a call to every server: the name of the server. */
  server: 'server',
  /** In a notice: the progress of the call. */
  progress: 'progress',
  /** Several replies, in place of one. */
  replies: 'replies',
  /** The slot of each of several replies, if they are for several reply subjects. */
  slots: 'slots',
} as const;
