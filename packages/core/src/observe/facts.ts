/** The facts about calls, requests, connections and servers that subscribers of the diagnostics channels receive. */
import type { CallMode } from '../decorators/decorator-options';
import type { ErrorCode, Executed } from '../errors/error-codes';
import type { RpcError } from '../errors/rpc-error';
import type { Target } from '../values/target';

/**
 * The outcome of a call: `ok`; `declared` for an error that the contract declares; `expected` for an error that the method expects and does not declare;
 * else the code of the error.
 */
export type CallVerdict = 'ok' | 'expected' | ErrorCode;

/** Texts that a call carries for tracers: for example `traceparent`, `tracestate` and `baggage` of W3C Trace Context. */
export type TraceContext = Readonly<Record<string, string>>;

/** The outcome of an operation. The keys are set before the end is published. */
export interface OutcomeFacts {
  /** Milliseconds that it took. */
  milliseconds: number;
  /** `undefined` until it has ended. */
  verdict: CallVerdict | undefined;
  /** Tells whether the handler ran; `undefined` until the end. */
  executed: Executed | undefined;
  /** The error that it ended with. */
  error: RpcError | undefined;
}

/** One call, cast, fanout, stream or `$each` of a client. */
export interface CallFacts extends OutcomeFacts {
  readonly side: 'client';
  /** Name of the contract: `DhcpPluginApi`. */
  readonly contract: string;
  readonly method: string;
  readonly mode: CallMode | 'each';
  readonly target: Target;
  /** The version of the client's contract, `major.minor`. */
  readonly contractVersion: string;
  /** The version that the call needs; `undefined` if its arguments do not say. */
  readonly needs: string | undefined;
  /** The texts that the call carries for tracers; `undefined` if there is no tracer. */
  trace: TraceContext | undefined;
  /** The server that it names or that reported that it runs it; `undefined` if it is not known. */
  server: string | undefined;
  /** Messages sent for it: the first, and one for each retry and each older form. */
  attempts: number;
  /** True if it was sent without some of its parts, or under a former name. */
  isOlderForm: boolean;
  /** Bytes of the messages that were sent. */
  bytesSent: number;
  /** Bytes of the messages that were received. A reply in a batch is not counted. */
  bytesReceived: number;
  /** Items of a stream, or answers of `$each`, that the caller has read. */
  items: number;
}

/** One message of a client's call. Fanouts and `$each` have none. */
export interface AttemptFacts extends OutcomeFacts {
  readonly call: CallFacts;
  /** 1 for the first message of the call. */
  readonly number: number;
  /** The version that the message needs: lower than that of the call for an older form. */
  readonly needs: string;
  /** The server that the message is for; `undefined` if any server can take it. */
  readonly server: string | undefined;
  readonly bytesSent: number;
}

/**
 * One request at a server, from its arrival until the handler has ended or the request is refused. A message to all servers is not a request of a server that
 * does not serve its method.
 */
export interface RequestFacts extends OutcomeFacts {
  readonly side: 'server';
  /** The name of the server. */
  readonly server: string;
  /** Name of the contract; `undefined` if the server serves no such method. */
  readonly contract: string | undefined;
  /** `undefined` if the server serves no such method. */
  readonly method: string | undefined;
  /** `namespace.method` as the subject names it; `_` is the null namespace. It is text from the network. */
  readonly asked: string;
  readonly mode: CallMode;
  /** `undefined` if the server serves no such method. */
  readonly target: Target | undefined;
  /** The version of the interface that the server serves; `undefined` if it serves no such method. */
  readonly contractVersion: string | undefined;
  /** The version that the request needs, `major.minor`; `undefined` if its subject is not that of a method. */
  readonly needs: string | undefined;
  /** The version of the caller's contract, as the caller states it. */
  readonly callerVersion: string | undefined;
  /** The caller's name, as the caller states it: not proven. */
  readonly caller: string | undefined;
  /** The texts that the caller's tracer sent. */
  readonly trace: TraceContext | undefined;
  /** Bytes of the message; 0 for a request that arrived in a batch. */
  readonly bytesReceived: number;
  /** Bytes of the answers. */
  bytesSent: number;
  /** Milliseconds between the arrival and the start of the handler; `undefined` if the handler has not started. */
  queued: number | undefined;
  /** The value that the handler threw. It stays in this process. */
  thrown: unknown;
}

/** A message that a server refused before a handler ran. */
export interface RefusalFacts {
  readonly server: string;
  /** `DhcpPluginApi.getPorts`; `undefined` if the server serves no such method, or could not read the message. */
  readonly label: string | undefined;
  readonly subject: string;
  readonly error: RpcError;
}

/** A change of a connection to a broker. */
export interface ConnectionFacts {
  readonly event:
    | 'connected'
    | 'lost'
    | 'reconnected'
    | 'moved'
    | 'closed'
    | 'credentials_refused'
    | 'subscription_refused'
    | 'subscription_restored';
  /** The address of the broker, without credentials. */
  readonly broker: string | undefined;
  /** The subject of a subscription that the broker refused. */
  readonly subject?: string;
  readonly error?: RpcError;
}

/** A server that this process runs, or that a client of this process sees. */
export interface PresenceFacts {
  /** `started`, `stopping` and `stopped` for a server of this process; the others for servers that a client sees. */
  readonly event: 'started' | 'stopping' | 'stopped' | 'joined' | 'changed' | 'left';
  readonly server: string;
  /** `exchange/topic`; every topic of a server of this process. */
  readonly topics: readonly string[];
}
