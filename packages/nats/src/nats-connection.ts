/** The members of a NATS connection that Concord uses; `nats` 2.x and `@nats-io/transport-node` 3.x both have them. */

import type { IncomingMessage } from '@concord-rpc/core/wire';

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

/** A status event. A denied permission is in `permissionContext` with `nats` 2.x, and in `error` with 3.x. */
export interface NatsStatusLike {
  readonly type: string;
  readonly permissionContext?: NatsDenial;
  readonly error?: Partial<NatsDenial>;
}

/** The operation and subject that the broker denied. */
export interface NatsDenial {
  readonly operation: string;
  readonly subject: string;
}

/** Returns the subject of a denied publish; `undefined` for other events. */
export function refusedPublish({ permissionContext, error }: NatsStatusLike): string | undefined {
  const denial = permissionContext ?? error;
  return denial?.operation === 'publish' ? denial.subject : undefined;
}

/** Options of a subscription: a callback, and optionally a queue group. */
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

/** A message that a connection delivers. */
export interface NatsMessageLike {
  readonly subject: string;
  readonly reply?: string;
  readonly data: Uint8Array;
  readonly headers?: { readonly code: number };
}

/** Bytes. A status header is about as long as `NATS/1.0 503`. Decoding a long header can take seconds, so longer ones are skipped. */
const LONGEST_STATUS = 64;

/**
 * Returns true for the broker's "no responders" message: no payload and status 503. Concord reads no other header. The header's length
 * comes from a private member, if the client has it.
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

/** Private members of a message in both clients. They only make reading faster. */
interface PrivateParts {
  readonly _msg?: { readonly hdr?: number; readonly subject?: Uint8Array; readonly reply?: Uint8Array };
}

/** Converts a message to the port's form. `Buffer` decodes the subjects, which is much faster than the client's `TextDecoder`. */
export function incomingMessage(message: NatsMessageLike): IncomingMessage {
  const parts = (message as PrivateParts)._msg;
  if (!(parts?.subject instanceof Uint8Array)) return message;
  const reply = parts.reply === undefined || parts.reply.length === 0 ? undefined : textOf(parts.reply);
  return { subject: textOf(parts.subject), reply, data: message.data };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.prototype.utf8Slice.call(bytes, 0, bytes.length);
}

/** Codes of Node.js for a certificate that it does not accept. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)|ERR_TLS|CRL_|SIGNATURE_FAILURE|HOSTNAME_MISMATCH/;

/** Returns why TLS failed, and the remedy; `undefined` if the error is another one. */
export function certificateProblem(thrown: unknown): string | undefined {
  for (
    let error = thrown as ChainedError | undefined, depth = 0;
    error && depth < 4;
    error = error.chainedError ?? error.cause, depth++
  ) {
    const { code } = error;
    if (typeof code !== 'string' || !CERTIFICATE.test(code)) continue;
    return `TLS does not accept the certificate (${code}): pass the certificate of its authority as tls.caFile, and connect to a name in the certificate`;
  }
  return undefined;
}

interface ChainedError {
  readonly code?: unknown;
  readonly chainedError?: ChainedError;
  readonly cause?: ChainedError;
}
