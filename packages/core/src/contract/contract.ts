/** A registered contract: what the decorators of one class say, checked and complete, ready to be compiled into clients and servers. */

import type { CallMode, DeprecatedOptions, Stability } from '../decorators/decorator-options';
import type { CodecName } from '../schema/codec-names';
import type { SchemaKeywords } from '../schema/shape';
import type { Class, TypeRef } from '../schema/type-ref';
import type { Target } from '../values/target';
import type { Version } from '../values/version';

/** One interface. Every `since` in it is a minor of its own major. */
export interface Contract {
  readonly type: Class;
  readonly name: string;
  readonly version: Version;
  readonly target: Target;
  /** Further namespaces that servers answer to. */
  readonly legacyNamespaces: readonly (string | null)[];
  readonly codec: CodecName;
  /** Left out: stable. */
  readonly stability?: Stability;
  readonly description: string | undefined;
  readonly methods: ReadonlyMap<string, MethodContract>;
  /** The DTO classes that its methods reach, by class. */
  readonly dtos: ReadonlyMap<Class, DtoContract>;
}

/** That something is not to be used any more, since a minor. */
export interface Deprecation extends DeprecatedOptions {
  readonly since: number;
}

/** One method of an interface. */
export interface MethodContract {
  readonly name: string;
  readonly since: number;
  /** The only way to call it; `undefined`: any. */
  readonly mode: CallMode | undefined;
  /** `null` is nothing, `undefined` is not declared. */
  readonly returns: TypeRef | null | undefined;
  /** What it may throw that arrives as itself. */
  readonly errors: readonly ErrorContract[];
  /** What it may throw that is no failure of the server; subclasses too. */
  readonly expected: readonly Class<Error>[];
  readonly idempotent: boolean;
  /** Milliseconds for which a server remembers the result of a call, so that sending it again does not run it again. */
  readonly idempotencyWindow: number | undefined;
  readonly timeout: number | undefined;
  readonly deprecated?: Deprecation;
  readonly description: string | undefined;
  readonly args: readonly ArgContract[];
  /** How many leading arguments a caller must pass. */
  readonly required: number;
  /** Names that it had before, newest first; left out if it had none. `since` is then that of the name that it has now. */
  readonly aliases?: readonly FormerName[];
}

/** A name that a method had. */
export interface FormerName {
  readonly name: string;
  /** The minor that brought it. */
  readonly since: number;
}

/** The changes of an argument or field after it was added. */
export interface ValueHistory {
  /** Newest first. */
  readonly lateValues?: readonly LateValue[];
  /** Newest first. */
  readonly was?: readonly EarlierLimits[];
  /** The minor that made it optional: before that it had to be there. */
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
  /** Limits of its own, which a server checks; left out if it has none. */
  readonly keywords?: SchemaKeywords;
}

/** One error that a method declares. */
export interface ErrorContract {
  /** On the wire. */
  readonly name: string;
  readonly type: Class<Error>;
  readonly since: number;
  readonly retryable: boolean;
  /** The class of its data, which is one of the contract's DTOs; `undefined` if it has none. */
  readonly data: Class | undefined;
}

/** One DTO class. */
export interface DtoContract {
  readonly name: string;
  readonly fields: readonly FieldContract[];
  /** How its values are made into what older callers know, newest first; left out if nothing has to be computed. */
  readonly backports?: readonly BackportContract[];
}

/** Makes of a value what callers up to a minor know. */
export interface BackportContract {
  readonly upTo: number;
  readonly convert: (value: unknown) => unknown;
}

/** A value of an argument or field that came after it. */
export interface LateValue {
  readonly value: unknown;
  readonly since: number;
  /** What older callers get in its place. */
  readonly fallback?: unknown;
}

/** Limits that an argument or field had before a minor. */
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
