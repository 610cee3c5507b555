/** The members of a NATS connection that Concord uses; `nats` 2.x and `@nats-io/transport-node` 3.x both have them. */

import { inNextTurn } from '@concord-rpc/core/engine';
import type { IncomingMessage } from '@concord-rpc/core/wire';
import type { MessageParts } from './private-parts';

/** A connection of `nats` or `@nats-io/transport-node`. */
export interface NatsConnectionLike {
  publish(subject: string, data?: Uint8Array, options?: { reply?: string }): void;
  subscribe(subject: string, options?: NatsSubscribeOptions): NatsSubscriptionLike;
  flush(): Promise<void>;
  close(): Promise<void>;
  closed(): Promise<unknown>;
  isClosed(): boolean;
  status(): AsyncIterable<NatsStatusLike>;
  /** Rejects at once while the connection is lost. */
  rtt(): Promise<number>;
  /** The address of the node: host and port. */
  getServer?(): string;
  readonly info?: {
    readonly max_payload: number;
    readonly version: string;
    readonly server_id?: string;
    /** The name of the cluster, if the node is part of one. */
    readonly cluster?: string;
    /** The addresses of the nodes of a cluster. */
    readonly connect_urls?: readonly string[];
  };
}

/** A status event. A denied permission is in `permissionContext` with `nats` 2.x, and in `error` with 3.x. */
export interface NatsStatusLike {
  readonly type: string;
  /** The code of an error, or the address of a server, with `nats` 2.x. */
  readonly data?: unknown;
  readonly permissionContext?: unknown;
  /** The error, with 3.x. */
  readonly error?: unknown;
  /** The address of a server, with 3.x. */
  readonly server?: unknown;
}

/** The operation and subject that the broker denied. */
export interface NatsDenial {
  readonly operation: string;
  readonly subject: string;
  /** The queue group of a denied subscription; nats-server does not always name it. */
  readonly queue?: string;
}

/** Returns the address of the server that an event is about. */
export function serverIn({ server, data }: NatsStatusLike): string | undefined {
  return typeof server === 'string' ? server : typeof data === 'string' ? data : undefined;
}

/** Returns whether a connection is connected now: it would reject a round trip at once. */
export function isUp(connection: NatsConnectionLike): Promise<boolean> {
  const answered = connection.rtt().then(
    () => true,
    () => false,
  );
  return Promise.race([answered, new Promise<true>((resolve) => inNextTurn(() => resolve(true)))]);
}

/** Returns the subject of a denied publish; `undefined` for other events. */
export function refusedPublish(status: NatsStatusLike): string | undefined {
  const { operation, subject } = denialIn(status);
  return operation === 'publish' ? subject : undefined;
}

/** Returns the denied subscription; `undefined` for other events. */
export function refusedSubscription(status: NatsStatusLike): NatsDenial | undefined {
  const denial = denialIn(status);
  return denial.operation === 'subscription' && typeof denial.subject === 'string' ? (denial as NatsDenial) : undefined;
}

function denialIn({ permissionContext, error }: NatsStatusLike): Partial<NatsDenial> {
  return permissionContext ?? error ?? {};
}

/** Options of a subscription: a callback, and optionally a queue group and the number of messages after which the broker ends it. */
export interface NatsSubscribeOptions {
  queue?: string;
  max?: number;
  callback?: (error: Error | null, message: NatsMessageLike) => void;
}

/** A subscription of a connection. */
export interface NatsSubscriptionLike {
  drain(): Promise<unknown>;
  unsubscribe(): void;
  isClosed(): boolean;
}

/** A message that a connection delivers. */
export interface NatsMessageLike {
  readonly subject: string;
  readonly reply?: string;
  readonly data: Uint8Array;
  readonly headers?: { readonly code: number };
}

/** The start of a status header, without the code. */
const STATUS_LINE = 'NATS/1.0';
const NO_RESPONDERS = '503';
const [SPACE, TAB] = [32, 9];
/**
 * Bytes of the longest header that is taken for a status of the broker. nats-server 2.12 and later name the subject of the message in it, which
 * has at most 512 characters; decoding a long header can take seconds, so a longer one is not read.
 */
const LONGEST_STATUS = 8_192;

/**
 * Returns true for the broker's "no responders" message: no payload and status 503, with or without a description and further headers. Reads only
 * the first bytes, if the client has them; Concord reads no other header.
 */
export function isNoResponders(message: NatsMessageLike): boolean {
  if (message.data.length > 0) return false;
  const { _msg: parts, _rdata: bytes } = message as MessageParts;
  const length = parts?.hdr;
  if (length !== undefined && bytes instanceof Uint8Array) return length <= LONGEST_STATUS && statusIs503(bytes, length);
  try {
    return message.headers?.code === 503;
  } catch {
    return false;
  }
}

/** Returns whether a header begins with `NATS/1.0`, blanks and `503`, and a blank or the end of the line follows. */
function statusIs503(bytes: Uint8Array, length: number): boolean {
  if (!hasText(bytes, STATUS_LINE, 0)) return false;
  let at = STATUS_LINE.length;
  while (at < length && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  if (at === STATUS_LINE.length || !hasText(bytes, NO_RESPONDERS, at)) return false;
  const next = at + NO_RESPONDERS.length;
  return next >= length || bytes[next]! <= SPACE;
}

function hasText(bytes: Uint8Array, text: string, at: number): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}

/** Converts a message to the port's form. `Buffer` decodes the subjects, which is much faster than the client's `TextDecoder`. */
export function incomingMessage(message: NatsMessageLike): IncomingMessage {
  const parts = (message as MessageParts)._msg;
  if (!(parts?.subject instanceof Uint8Array)) return message;
  const reply = parts.reply === undefined || parts.reply.length === 0 ? undefined : textOf(parts.reply);
  return { subject: textOf(parts.subject), reply, data: message.data };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.prototype.utf8Slice.call(bytes, 0, bytes.length);
}
