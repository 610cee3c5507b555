/** A compiled contract: the decorators of one class, checked and complete, from which clients and servers are made. */

import type { CallMode, DeprecatedOptions, Stability } from '../decorators/decorator-options';
import type { CodecName } from '../schema/codec-names';
import type { SchemaKeywords } from '../schema/shape';
import type { TypeRef } from '../schema/type-ref';
import type { Class } from '../schema/type-token';
import type { Target } from '../values/target';
import type { Version } from '../values/version';

/** One interface. Every `since` in it is a minor of the interface's major. */
export interface Contract {
  readonly type: Class;
  readonly name: string;
  readonly version: Version;
  readonly target: Target;
  /** Further namespaces that servers answer to. */
  readonly legacyNamespaces: readonly (string | null)[];
  readonly codec: CodecName;
  /** Present if servers ignore arguments that a method lacks. Otherwise they refuse the call. */
  readonly unknownArgs?: 'ignore';
  /** Default `stable`. */
  readonly stability?: Stability;
  readonly description: string | undefined;
  readonly methods: ReadonlyMap<string, MethodContract>;
  /** The DTO classes that its methods use, by class. */
  readonly dtos: ReadonlyMap<Class, DtoContract>;
}

/** The deprecation of a part, and the minor that announced it. */
export interface Deprecation extends DeprecatedOptions {
  readonly since: number;
}

/** One method of an interface. */
export interface MethodContract {
  readonly name: string;
  readonly since: number;
  /** The only mode in which it can be called; `undefined` allows every mode but `stream`. */
  readonly mode: CallMode | undefined;
  /** `null` if it returns nothing, `undefined` if its result is not declared. */
  readonly returns: TypeRef | null | undefined;
  /** Errors that arrive as their own class. */
  readonly errors: readonly ErrorContract[];
  /** Error classes that are not a failure of the server, with their subclasses. */
  readonly expected: readonly Class<Error>[];
  readonly idempotent: boolean;
  /** Milliseconds for which a server remembers the result of a call, so that a retry does not run the handler again. */
  readonly idempotencyWindow: number | undefined;
  readonly timeout: number | undefined;
  readonly deprecated?: Deprecation;
  readonly description: string | undefined;
  readonly args: readonly ArgContract[];
  /** The number of leading arguments that a caller must pass. */
  readonly required: number;
  /** Former names, newest first; absent if it had none. With former names, `since` is the minor of the present name. */
  readonly aliases?: readonly FormerName[];
}

/** A former name of a method. */
export interface FormerName {
  readonly name: string;
  /** The minor that added the name. */
  readonly since: number;
}

/** The changes of an argument or field after it was added. */
export interface ValueHistory {
  /** Values that were added later, newest first. */
  readonly lateValues?: readonly LateValue[];
  /** Earlier limits, newest first. */
  readonly was?: readonly EarlierLimits[];
  /** The minor before which it was required. */
  readonly requiredBefore?: number;
}

/** One argument of a method. */
export interface ArgContract extends ValueHistory {
  readonly name: string;
  readonly deprecated?: Deprecation;
  readonly since: number;
  readonly optional: boolean;
  readonly droppable: boolean;
  readonly type: TypeRef;
  /** Limits that a server checks; absent if it has none. */
  readonly keywords?: SchemaKeywords;
}

/** One error that a method declares. */
export interface ErrorContract {
  /** The name on the wire. */
  readonly name: string;
  readonly type: Class<Error>;
  readonly since: number;
  readonly retryable: boolean;
  /** The class of its data, one of the contract's DTOs; `undefined` if it has no data. */
  readonly data: Class | undefined;
}

/** One DTO class. */
export interface DtoContract {
  readonly name: string;
  readonly fields: readonly FieldContract[];
  /** Conversions of its values for older callers, newest first; absent if it has none. */
  readonly backports?: readonly BackportContract[];
}

/** A conversion of values for callers up to a minor. */
export interface BackportContract {
  readonly upTo: number;
  readonly convert: (value: unknown) => unknown;
}

/** A value that was added to the list of an older argument or field. */
export interface LateValue {
  readonly value: unknown;
  readonly since: number;
  /** The value that older callers get instead. */
  readonly fallback?: unknown;
}

/** The limits of an argument or field before a minor. */
export interface EarlierLimits {
  readonly before: number;
  readonly limits: SchemaKeywords;
}

/** One field of a DTO. */
export interface FieldContract extends ValueHistory {
  readonly name: string;
  readonly deprecated?: Deprecation;
  readonly since: number;
  readonly optional: boolean;
  readonly droppable: boolean;
  readonly type: TypeRef;
  readonly keywords: SchemaKeywords;
}
