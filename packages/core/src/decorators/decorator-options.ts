/** What users can say in decorators. */
import type { CodecName } from '../schema/codec-names';
import type { Class, TypeToken } from '../schema/type-ref';

/**
 * How a method may be called: `call` waits for an answer, `cast` does not (to one server or to all), `fanout` reaches every server; `stream` gives any
 * number of results, one after the other (an `AsyncIterable`).
 */
export type CallMode = 'call' | 'cast' | 'fanout' | 'stream';

/** What `@Endpoint` says of an interface. */
export interface EndpointOptions {
  /** Where servers of this interface listen. */
  readonly topic: string;
  /** Version that this class describes, `major.minor`. Default `1.0`, as in oslo.messaging. */
  readonly version?: string;
  /** Scope of the topic. Default `default`. */
  readonly exchange?: string;
  /** Tells interfaces on one topic apart. Default: the null namespace. */
  readonly namespace?: string | null;
  /** Further namespaces that servers answer to, for renames during an upgrade (oslo's `legacy_namespaces`); `null` is the null namespace. */
  readonly legacyNamespaces?: readonly (string | null)[];
  /** Wire format of its messages. Default `json`; `msgpack` (MessagePack) carries `Date` and bytes too. Another one is another major. */
  readonly codec?: CodecName;
  /** Name in snapshots and errors. Default: the class's name. */
  readonly name?: string;
  /** What users may rely on. Of an `experimental` interface nothing is promised: a check of its contract finds nothing worse than notes. Default `stable`. */
  readonly stability?: Stability;
  /** Prose for documentation. */
  readonly description?: string;
}

/** How much of an interface users may rely on. */
export type Stability = 'experimental' | 'beta' | 'stable';

/** An error that a method declares, with what there is to say beyond its class. */
export interface DeclaredError {
  /** A class that extends `Error`. Its fields with class-validator decorators travel, and its message; nothing else does. */
  readonly type: Class<Error>;
  /** The version that added it. Default: that of the method. Older callers get the nearest class above it that they know. */
  readonly since?: string;
  /** Sending the same call again can help and is safe. Default false. */
  readonly retryable?: boolean;
  /** Name on the wire. Default: the class's name. */
  readonly name?: string;
}

/** A name that a method had, and the version that brought it. */
export interface FormerMethodName {
  readonly name: string;
  /** Default `major.0`. */
  readonly since?: string;
}

/** What `@RpcMethod` says of a method. */
export interface RpcMethodOptions {
  /** The version that added the method. Default: `major.0`. */
  readonly since?: string;
  /** The only way to call it. Default: any. `cast` allows fanout too. */
  readonly mode?: CallMode;
  /** What it resolves to, or the item of a stream; reflection cannot see into `Promise<T>`. `null` for nothing. Unchecked if not given. */
  readonly returns?: TypeToken | null;
  /** Error classes that it may throw and that arrive as what they are, subclasses as the nearest of these. Anything else arrives as `internal`. */
  readonly errors?: readonly (Class<Error> | DeclaredError)[];
  /** Error classes that are no failure of the server, subclasses too: not logged (oslo's `expected_exceptions`). Callers get `internal` all the same. */
  readonly expected?: readonly Class<Error>[];
  /** Running it twice is as good as once, so that it may be sent again. Default false. */
  readonly idempotent?: boolean;
  /**
   * Milliseconds for which a server remembers what a call came to. Every attempt at a call carries the same key, and one that arrives within that time gets the
   * remembered result: so a method that must not run twice can be retried. Default: no such memory.
   */
  readonly idempotencyWindow?: number;
  /** Time limit of a call in milliseconds, unless the client says otherwise. */
  readonly timeout?: number;
  /**
   * Names that the method had before, the newest first: servers answer to them too, so that older callers find it, and clients call it so where nobody
   * serves the new name. `since` is then the version that brought the name of now; a former name came in `major.0`, or as `{ name, since }` says.
   */
  readonly aliases?: readonly (string | FormerMethodName)[];
  /** Take every argument whose type is not known as it comes. */
  readonly unchecked?: boolean;
  /** Prose for documentation. */
  readonly description?: string;
}

/** Limits of values, named as in JSON Schema. */
export interface ValueLimits {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Limits of each item of an array. */
  readonly items?: ValueLimits;
}

/** Limits of an argument's values. */
export interface ArgLimits extends ValueLimits {
  /** The only values that the argument takes. */
  readonly enum?: readonly (string | number)[];
  /** Limits of each item of an array. */
  readonly items?: ArgLimits;
}

/** What `@Arg` says of a parameter that reflection does not. */
export interface ArgOptions extends ArgLimits {
  /** Name on the wire and in snapshots. Default: the parameter's name in the source. */
  readonly name?: string;
  /** Type, where reflection loses it: `[PortFilter]`, `String`, … */
  readonly type?: TypeToken;
  /** Whether callers may leave it out. Default: true for an argument that came late or was required (`@Since`), or has a default value; else false. */
  readonly optional?: boolean;
  /** Take what comes, unvalidated. */
  readonly unchecked?: boolean;
}

/** Options of `@Since`. */
export interface SinceOptions {
  /**
   * True if a call still makes sense without this part: where no server serves the version that the part needs, the client leaves it
   * out, with everything in it.
   */
  readonly droppable?: boolean;
}

/** Options of `@ValuesSince`. */
export interface ValuesSinceOptions {
  /** The value that older callers get instead. By default they get the value that the handler returned. */
  readonly fallback?: unknown;
}

/** What `@Deprecated` says beyond the version. */
export interface DeprecatedOptions {
  /** The version that no longer has it: the first of a later major, such as `2.0`. */
  readonly removeIn?: string;
  /** What to use instead. */
  readonly use?: string;
  /** Why it goes. */
  readonly why?: string;
}
