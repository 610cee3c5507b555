/** The few members of a NATS connection that Concord uses, so that `nats` 2.x and `@nats-io/transport-node` 3.x both fit. */

import type { IncomingMessage } from '@concord-rpc/core';

/** A connection of `nats` or `@nats-io/transport-node`. */
export interface NatsConnectionLike {
  publish(subject: string, data?: Uint8Array, options?: { reply?: string }): void;
  subscribe(subject: string, options?: NatsSubscribeOptions): NatsSubscriptionLike;
  flush(): Promise<void>;
  close(): Promise<void>;
  closed(): Promise<unknown>;
  isClosed(): boolean;
  status(): AsyncIterable<NatsStatusLike>;
  readonly info?: { readonly max_payload: number; readonly version: string };
}

/** A status event. Of a permission that was denied, 2.x says it in `permissionContext`, 3.x in `error`. */
export interface NatsStatusLike {
  readonly type: string;
  readonly permissionContext?: NatsDenial;
  readonly error?: Partial<NatsDenial>;
}

/** What the broker did not allow. */
export interface NatsDenial {
  readonly operation: string;
  readonly subject: string;
}

/** The subject that the broker did not allow to publish to; `undefined` if the event is about something else. */
export function refusedPublish({ permissionContext, error }: NatsStatusLike): string | undefined {
  const denial = permissionContext ?? error;
  return denial?.operation === 'publish' ? denial.subject : undefined;
}

/** How Concord listens on a connection: by callback, in a queue group or not. */
export interface NatsSubscribeOptions {
  queue?: string;
  callback?: (error: Error | null, message: NatsMessageLike) => void;
}

/** A subscription of a connection. */
export interface NatsSubscriptionLike {
  drain(): Promise<unknown>;
  unsubscribe(): void;
  isClosed(): boolean;
}

/** A message as the connection delivers it. */
export interface NatsMessageLike {
  readonly subject: string;
  readonly reply?: string;
  readonly data: Uint8Array;
  readonly headers?: { readonly code: number };
}

/** A status header is `NATS/1.0 503` and little more; decoding a long one takes seconds, so a long one is not looked at. */
const LONGEST_STATUS = 64;

/**
 * Whether a message is the broker's "nobody listens there": no payload and the status 503. The only header that Concord ever
 * reads, and only on messages without payload; the length is taken from a private member where the client has it.
 */
export function isNoResponders(message: NatsMessageLike): boolean {
  if (message.data.length > 0) return false;
  const headerLength = (message as PrivateParts)._msg?.hdr;
  if (headerLength !== undefined && headerLength > LONGEST_STATUS) return false;
  try {
    return message.headers?.code === 503;
  } catch {
    return false;
  }
}

/** What both clients keep behind a message; used if it is there, never needed. */
interface PrivateParts {
  readonly _msg?: { readonly hdr?: number; readonly subject?: Uint8Array; readonly reply?: Uint8Array };
}

/** The message as the port has it. Its texts are read by `Buffer`, a small part of the cost of the client's `TextDecoder`. */
export function incomingMessage(message: NatsMessageLike): IncomingMessage {
  const parts = (message as PrivateParts)._msg;
  if (!(parts?.subject instanceof Uint8Array)) return message;
  const reply = parts.reply === undefined || parts.reply.length === 0 ? undefined : textOf(parts.reply);
  return { subject: textOf(parts.subject), reply, data: message.data };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.prototype.utf8Slice.call(bytes, 0, bytes.length);
}
