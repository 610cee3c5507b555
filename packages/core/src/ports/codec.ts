/** How requests and replies become bytes: one implementation a wire format. */
import type { RpcError, WireError } from '../errors/rpc-error';

/** A request as a server reads it. */
export interface Request {
  /** Positional arguments, or some of them by name or index. */
  readonly args: readonly unknown[] | Readonly<Record<string, unknown>>;
  /** Milliseconds that the caller still waits. */
  readonly ttl?: number;
  /** The caller's contract version. */
  readonly contract?: string;
  /** What the reply has to echo. */
  readonly nonce?: string;
  /** No answer is wanted, although there is a reply subject (it serves only the broker's "no responders"). */
  readonly cast?: boolean;
  /** Requests that travel together in this one: each is served by itself. `nonce` is then for a refusal of all. */
  readonly calls?: readonly Request[];
  /** Why it cannot be served, if the request could be read but does not keep to the protocol. Its sender can be told. */
  readonly refusal?: RpcError;
}

/** A reply as a client reads it. */
export interface Reply {
  readonly nonce?: string;
  readonly result?: unknown;
  readonly error?: WireError;
  /** Replies that travel together in this one. */
  readonly replies?: readonly Reply[];
}

/** Encodes one method's requests; made once per method, so that what never changes is written once. */
export interface RequestEncoder {
  /** A call: `nonce` is echoed by the reply, `ttl` is the time left in milliseconds. */
  call(args: readonly unknown[], nonce: string, ttl: number): Uint8Array;
  /** A cast to one server or to all. */
  cast(args: readonly unknown[]): Uint8Array;
}

/**
 * A wire format. Encoding throws RpcError `unserializable` for what the format cannot carry, naming the path; decoding throws
 * RpcError `protocol_error` for what it cannot read.
 */
export interface Codec {
  readonly name: string;
  requestEncoder(contract: string, argNames: readonly string[]): RequestEncoder;
  decodeRequest(data: Uint8Array): Request;
  encodeResult(result: unknown, nonce: string | undefined): Uint8Array;
  encodeError(error: WireError, nonce: string | undefined): Uint8Array;
  decodeReply(data: Uint8Array): Reply;
  /** One message of encoded requests; `nonce` is echoed if all of them are refused. */
  joinRequests(requests: readonly Uint8Array[], nonce: string): Uint8Array;
  /** One message of encoded replies. */
  joinReplies(replies: readonly Uint8Array[]): Uint8Array;
}
