/** The port of a codec: requests and replies as bytes, one implementation for each wire format. */
import type { ContextValues } from '../context/context-values';
import type { RpcError, WireError } from '../errors/rpc-error';
import type { TraceContext } from '../observe/facts';

/** The parts of a request that a plain call does not need. */
export interface RequestExtras {
  /** The context of the call. */
  readonly context?: ContextValues;
  /** Texts of the caller's tracers. */
  readonly trace?: TraceContext;
  /** The interval of heartbeats in milliseconds: the server sends a notice at least this often. */
  readonly monitor?: number;
  /**
   * The server sends a notice when it accepts the call, so that the caller can cancel it there, and notices of progress. With a nonce, a cast too is
   * confirmed with a notice, or refused with an error.
   */
  readonly accept?: true;
  /** The id of the call, the same for every attempt: a server that remembers its result sends that, and does not run the handler again. */
  readonly id?: string;
  /** The server has accepted the call with this id: it sends the result that it remembers, and does not run the handler again. */
  readonly known?: true;
  /** The call went to every server, and each one replies with its name. */
  readonly each?: true;
  /** The minors of all forms of a request to all servers, newest first. Each server handles the first form that it serves. */
  readonly forms?: readonly number[];
  /** The number of items of a stream that the server sends before it waits for credit. */
  readonly window?: number;
}

/** A request as a server decodes it. */
export interface Request extends RequestExtras {
  /** The arguments by position, or some of them by name or index. */
  readonly args: readonly unknown[] | Readonly<Record<string, unknown>>;
  /** Milliseconds until the caller's deadline. */
  readonly ttl?: number;
  /** The version of the caller's contract. */
  readonly contract?: string;
  /** The text that the reply must echo. */
  readonly nonce?: string;
  /** True if no reply is expected. The reply subject then serves only the broker's "no responders". */
  readonly cast?: boolean;
  /** The requests of a batch. Each is served by itself; `nonce` is for a refusal of the whole batch. */
  readonly calls?: readonly Request[];
  /** The error to reply with, if the request could be read but does not follow the protocol. */
  readonly refusal?: RpcError;
}

/** The beginning of a request, as a client of Concord writes it, read without decoding the rest. */
export interface RequestHead {
  /** The text that the reply must echo; `undefined` if the request does not begin with one. */
  readonly nonce?: string;
  /** True if the request begins as a cast. */
  readonly cast?: true;
  /** True if the request may be a batch. */
  readonly mayBeBatch?: true;
}

/** A message from a server about a call that it runs. It never ends the call. */
export interface Notice {
  /** The number of notices of this call so far, with this one. */
  readonly alive: number;
  /** The name of the server that runs the call. */
  readonly server: string;
  /** The progress of the call, if the notice reports progress. */
  readonly progress?: unknown;
}

/** A reply as a client decodes it. */
export interface Reply {
  readonly nonce?: string;
  readonly result?: unknown;
  readonly error?: WireError;
  /** The name of the server, if the call went to every server. */
  readonly server?: string;
  /** The next items of a stream; with `end` the last ones. */
  readonly items?: readonly unknown[];
  readonly end?: boolean;
  /** A notice, after which the call goes on. */
  readonly notice?: Notice;
  /** Several replies, in place of one. */
  readonly replies?: readonly Reply[];
  /** The slot of each of several replies, if they are for several reply subjects. */
  readonly slots?: readonly number[];
}

/** A value or a message, encoded. A codec of text leaves short ones as text; `toBytes` and `byteLength` work with both. */
export type Encoded = string | Uint8Array;

/** Encodes the requests of one method. It is made once, so that the constant parts are written once. */
export interface RequestEncoder<Message extends Encoded = Encoded> {
  /** Encodes the arguments with their present values; several messages can use them. */
  args(args: readonly unknown[]): Encoded;
  /** Encodes a call: the reply echoes `nonce`, `ttl` is the time left in milliseconds, if there is a deadline. */
  call(args: Encoded, nonce: string, ttl: number | undefined, extras?: RequestExtras): Message;
  /** Encodes a cast to one server or to all. With `nonce`, the server that takes the cast says so in a notice that echoes it. */
  cast(args: Encoded, extras?: RequestExtras, nonce?: string): Message;
}

/**
 * A wire format. `Message` is the form in which it leaves messages until they are sent. Encoding throws RpcError `unserializable` for a value that the format cannot carry, and names its path; decoding
 * throws RpcError `protocol_error` for a message that it cannot read.
 */
export interface Codec<Message extends Encoded = Encoded> {
  readonly name: string;
  requestEncoder(contract: string, argNames: readonly string[]): RequestEncoder<Message>;
  decodeRequest(data: Uint8Array): Request;
  /** Reads the beginning of a request that is too large to decode. Never throws. */
  peek(data: Uint8Array): RequestHead;
  /** `server`: the name of this server, if the call went to every server. */
  encodeResult(result: unknown, nonce: string | undefined, server?: string): Message;
  /** Makes the reply of a result that `encodeItem` encoded before: many replies can share it. */
  wrapResult(result: Encoded, nonce: string | undefined, server?: string): Message;
  encodeError(error: WireError, nonce: string | undefined, server?: string): Message;
  /** Encodes one item of a stream with its present values; `encodeItems` sends several. */
  encodeItem(item: unknown): Encoded;
  encodeItems(items: readonly Encoded[], end: boolean, nonce: string | undefined): Message;
  encodeNotice(notice: Notice, nonce: string | undefined): Message;
  decodeReply(data: Uint8Array): Reply;
  /** Joins encoded requests to one message; a refusal of the whole batch echoes `nonce`. */
  batchRequests(requests: readonly Message[], nonce: string): Uint8Array;
  /** Joins encoded replies to one message. `slots`: the slot of each, if they are for several reply subjects. */
  batchReplies(replies: readonly Message[], slots?: readonly number[]): Uint8Array;
}
