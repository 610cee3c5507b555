/** The options of decorators. */
import type { CodecName } from '../schema/codec-names';
import type { Class, EnumValues, TypeToken } from '../schema/type-token';

/**
 * The mode of a call: `call` waits for a response; `cast` does not (to one server or to all); `fanout` is a cast to every server;
 * `stream` returns any number of items (an `AsyncIterable`).
 */
export type CallMode = 'call' | 'cast' | 'fanout' | 'stream';

/** A version, or one for each endpoint (by name) that shares the DTO or the method. */
export type MarkedVersion = string | Readonly<Record<string, string>>;

/** Options of `@Endpoint`. */
export interface EndpointOptions {
  /** The topic that servers of this interface subscribe to. */
  readonly topic: string;
  /** The version of the interface, `major.minor`. Default `1.0`, as in oslo.messaging. */
  readonly version?: string;
  /** The scope of the topic. Default `default`. */
  readonly exchange?: string;
  /** Separates interfaces on one topic. Default: the null namespace. */
  readonly namespace?: string | null;
  /** Further namespaces that servers serve, for renames during an upgrade (oslo's `legacy_namespaces`); `null` is the null namespace. */
  readonly legacyNamespaces?: readonly (string | null)[];
  /** The codec of its messages. Default `json`; `msgpack` (MessagePack) carries `Date` and bytes too. A change of the codec needs a new major. */
  readonly codec?: CodecName;
  /**
   * `ignore` serves calls that name arguments which the method lacks, as handlers with `**kwargs` do in oslo.messaging; the server counts
   * what it ignores. Default `reject`. Changing `ignore` to `reject` needs a new major.
   */
  readonly unknownArgs?: 'reject' | 'ignore';
  /** The name in contract files and errors. Default: the class's name. */
  readonly name?: string;
  /** The stability that users can rely on. Checks of an `experimental` interface report only notes. Default `stable`. */
  readonly stability?: Stability;
  /** A description for documentation. */
  readonly description?: string;
}

/** Options of `@Dto`. */
export interface DtoOptions {
  /** The name in contract files; of an error class also the name on the wire, unless a method declares the error under another name. */
  readonly name: string;
  /** Its fields by name, for classes whose fields have no decorators: `fields: { id: { type: String } }`. */
  readonly fields?: Readonly<Record<string, FieldDefinition>>;
}

/** The stability of an interface. */
export type Stability = 'experimental' | 'beta' | 'stable';

/** An error that a method declares, with options. */
export interface DeclaredError {
  /** A class that extends `Error`. Its message and its fields with class-validator decorators are sent, nothing else. */
  readonly type: Class<Error>;
  /** The version that added the error. Default: that of the method. Older callers get the nearest superclass that they know. */
  readonly since?: string;
  /** True if sending the same call again can help and is safe. Default false. */
  readonly retryable?: boolean;
  /** The name on the wire. Default: the class's name. */
  readonly name?: string;
}

/** A former name of a method, and the version that added the name. */
export interface FormerMethodName {
  readonly name: string;
  /** Default `major.0`. */
  readonly since?: string;
}

/** Options of `@RpcMethod`. */
export interface RpcMethodOptions {
  /** The version that added the method. Default: `major.0`. */
  readonly since?: string;
  /** The only mode in which it can be called; `cast` allows `fanout` too. Default: every mode but `stream`. */
  readonly mode?: CallMode;
  /** The type of its result, or of the items of a stream, because reflection cannot see into `Promise<T>`. `null` if it returns nothing. Without it the result is not checked. */
  readonly returns?: TypeToken | null;
  /** Error classes that arrive at the caller as themselves; a subclass arrives as the nearest of them. Any other error arrives as `internal`. */
  readonly errors?: readonly (Class<Error> | DeclaredError)[];
  /** Error classes that are not a failure of the server, with their subclasses. The server does not log them (oslo's `expected_exceptions`); callers get `internal`. */
  readonly expected?: readonly Class<Error>[];
  /** True if running it twice has the same effect as running it once, so that it can be retried. Default false. */
  readonly idempotent?: boolean;
  /**
   * Milliseconds for which a server remembers the result of a call. Every attempt at a call has the same id, and an attempt that
   * arrives within that time gets the remembered result, so that a method that must not run twice can be retried. Default: results
   * are not remembered.
   */
  readonly idempotencyWindow?: number;
  /** The default timeout of a call in milliseconds. A client can set its own. */
  readonly timeout?: number;
  /**
   * Former names of the method, newest first. Servers serve them too, for older callers; clients call a former name where no server
   * serves the present one. `since` is then the version that added the present name. A former name was added in `major.0`, or in the
   * version of `{ name, since }`.
   */
  readonly aliases?: readonly (string | FormerMethodName)[];
  /** True to accept any value for arguments whose type is not known. */
  readonly unchecked?: boolean;
  /** Its arguments in order, where no decorators stand before its parameters: `args: [{ name: 'host', type: String }]`. */
  readonly args?: readonly ArgDefinition[];
  /** A description for documentation. */
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
  /** The only values: the object of an enum of TypeScript, or a list. */
  readonly enum?: EnumValues;
  /** Limits of each item of an array. */
  readonly items?: ArgLimits;
}

/** Options of `@Arg`. */
export interface ArgOptions extends ArgLimits {
  /** The name on the wire and in contract files. Default: the parameter's name in the source. */
  readonly name?: string;
  /** The type, where reflection loses it: `[PortFilter]`, `String`, … */
  readonly type?: TypeToken;
  /** True if callers can leave it out. Default: true for an argument with `@Since`, `@RequiredBefore` or a default value; else false. */
  readonly optional?: boolean;
  /** True to accept any value, without checks. */
  readonly unchecked?: boolean;
}

/** Options of `@Field`. */
export interface FieldOptions extends ArgLimits {
  /** The type, where reflection loses it: `recordOf(Number)`, `[nullable(String)]`, … Default: the reflected type. */
  readonly type?: TypeToken;
  /** True if a value without the field is valid. Default: true with `@IsOptional()`, else false. */
  readonly optional?: boolean;
}

/** Options of `@Since`. */
export interface SinceOptions {
  /**
   * True if a call still makes sense without this part: where no server serves the version that the part needs, the client leaves it
   * out, with everything in it.
   */
  readonly droppable?: boolean;
}

/** A decorator of a parameter or a field, called by Concord. */
export type AppliedDecorator = (prototype: object, name: string, index?: number) => void;

/** The part of a definition that other decorators than `@Arg` and `@Field` state. */
export interface PartDefinition extends SinceOptions {
  /** The version that added the part, as in `@Since`. */
  readonly since?: MarkedVersion;
  /** Further decorators: `ValuesSince`, `LimitsBefore`, `RequiredBefore`, `Deprecated`, and for fields those of class-validator. */
  readonly decorators?: readonly AppliedDecorator[];
}

/** An argument in `args` of `@RpcMethod`: the options of `@Arg` and of `@Since`. */
export interface ArgDefinition extends ArgOptions, PartDefinition {
  /** The name on the wire and in contract files. */
  readonly name: string;
}

/** A field in `fields` of `@Dto`: the options of `@Field` and of `@Since`. */
export interface FieldDefinition extends FieldOptions, PartDefinition {}

/** Options of `@ValuesSince`. */
export interface ValuesSinceOptions {
  /** The value that older callers get instead. By default they get the value that the handler returned. */
  readonly fallback?: unknown;
}

/** Options of `@Deprecated`. */
export interface DeprecatedOptions {
  /** The version that removes the part: the first of a later major, such as `2.0`. */
  readonly removeIn?: string;
  /** The replacement. */
  readonly use?: string;
  /** The reason. */
  readonly why?: string;
}
