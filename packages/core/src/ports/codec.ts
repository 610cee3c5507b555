/** How requests and replies become bytes: one implementation a wire format. */
import type { ContextValues } from '../context/context-values';
import type { RpcError, WireError } from '../errors/rpc-error';

/** What a request says beyond a plain call; each only where it is needed. */
export interface RequestExtras {
  /** What the caller says of itself and its request. */
  readonly context?: ContextValues;
  /** The caller wants to hear at least every so many milliseconds that the call is alive. */
  readonly monitor?: number;
  /** The caller wants to hear who serves the call, so that it can cancel it there, and how far it is. */
  readonly accept?: true;
  /** The same for every attempt at one call: a server that has its result gives that, and does not run it again. */
  readonly id?: string;
  /** The server has said that it has the call with this id: it gives what it remembers of it, and does not begin it anew. */
  readonly known?: true;
  /** The call went to every server, and its caller wants each one's answer, with the name of who gave it. */
  readonly each?: true;
  /** The request goes to all in several forms; their minors, newest first. Each server takes the first that it serves. */
  readonly forms?: readonly number[];
  /** How many items of a stream the server may send before it is told to go on. */
  readonly window?: number;
}

/** A request as a server reads it. */
export interface Request extends RequestExtras {
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

/** Word from a server about a call that it runs: never its end. */
export interface Notice {
  /** How many notices of this call there have been, this one included. */
  readonly alive: number;
  /** Who runs it. */
  readonly server: string;
  /** How far it is, if that is why this was sent. */
  readonly progress?: unknown;
}

/** A reply as a client reads it. */
export interface Reply {
  readonly nonce?: string;
  readonly result?: unknown;
  readonly error?: WireError;
  /** Who answered, if everyone was asked. */
  readonly server?: string;
  /** Of a stream: what comes next. With `end` there is no more. */
  readonly items?: readonly unknown[];
  readonly end?: boolean;
  /** Not the end: the call is alive. */
  readonly notice?: Notice;
  /** Replies that travel together in this one. */
  readonly replies?: readonly Reply[];
}

/** Arguments of one call as they were when it was made; good for several messages. */
export type EncodedArgs = string | Uint8Array;

/** Encodes one method's requests; made once per method, so that what never changes is written once. */
export interface RequestEncoder {
  /** The arguments as they are now. */
  args(args: readonly unknown[]): EncodedArgs;
  /** A call: `nonce` is echoed by the reply, `ttl` is the time left in milliseconds, if there is a limit. */
  call(args: EncodedArgs, nonce: string, ttl: number | undefined, extras?: RequestExtras): Uint8Array;
  /** A cast to one server or to all. */
  cast(args: EncodedArgs, extras?: RequestExtras): Uint8Array;
}

/**
 * A wire format. Encoding throws RpcError `unserializable` for what the format cannot carry, naming the path; decoding throws
 * RpcError `protocol_error` for what it cannot read.
 */
export interface Codec {
  readonly name: string;
  requestEncoder(contract: string, argNames: readonly string[]): RequestEncoder;
  decodeRequest(data: Uint8Array): Request;
  /** `server`: who answers, if everyone was asked. */
  encodeResult(result: unknown, nonce: string | undefined, server?: string): Uint8Array;
  encodeError(error: WireError, nonce: string | undefined, server?: string): Uint8Array;
  /** One item of a stream as it is now, to be sent with others. */
  encodeItem(item: unknown): EncodedArgs;
  encodeItems(items: readonly EncodedArgs[], end: boolean, nonce: string | undefined): Uint8Array;
  encodeNotice(notice: Notice, nonce: string | undefined): Uint8Array;
  decodeReply(data: Uint8Array): Reply;
  /** One message of encoded requests; `nonce` is echoed if all of them are refused. */
  batchRequests(requests: readonly Uint8Array[], nonce: string): Uint8Array;
  /** One message of encoded replies. */
  batchReplies(replies: readonly Uint8Array[]): Uint8Array;
}
