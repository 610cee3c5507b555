/**
 * The observations that rules check: one kind for each change or fact that two contracts, one contract, or the command can show.
 */
import type {
  ArgDocument,
  DeprecationDocument,
  EndpointDocument,
  ErrorDocument,
  MethodDocument,
  SchemaDocument,
  Version,
} from '@concord-rpc/core/engine';
import type { Relation } from '../document/schema-facets';

/** The direction of values. Arguments go in; results, stream items and error data go out. */
export type ValueDirection = 'in' | 'out';

/** A fragment before and after; `undefined` where it does not exist. */
interface Pair<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Tells whether a `was` entry records the earlier form of an input that accepts more, and both forms as a whole. */
export interface Gate {
  readonly isGated: boolean;
  readonly before: unknown;
  readonly after: unknown;
}

/** A pair at a position with a direction. */
interface TypedPair<T = unknown> extends Pair<T> {
  readonly direction: ValueDirection;
  readonly gate: Gate;
}

/** A field of an object type. */
export interface FieldFacts {
  readonly required: boolean;
  readonly schema: SchemaDocument;
}

/** The facts of each kind of observation. Findings show `before` and `after`. */
export interface ObservationFacts {
  // two contracts
  readonly endpoint: Pair<EndpointDocument> & { readonly otherMajor: boolean };
  readonly versions: Pair<string> & { readonly from: Version; readonly to: Version };
  /** Reported last for an endpoint, with the version bumps of its findings. */
  readonly growth: Pair<string> & { readonly from: Version; readonly to: Version; readonly bumps: ReadonlySet<string> };
  /** A new major, compared with the highest old major. */
  readonly major: Pair<string> & {
    readonly version: Version | undefined;
    readonly major: number;
    readonly lastMajor: number;
    readonly isBreaking: boolean;
  };
  /** An element of the last major that a new major lacks. */
  readonly lacking: Pair<MethodDocument | ArgDocument>;
  readonly method: Pair<MethodDocument> & { readonly renamedFrom?: string };
  readonly alias: Pair<string>;
  readonly argument: Pair<ArgDocument> & {
    readonly isOneWay: boolean;
    /** True if an old argument follows it. */
    readonly isBeforeOld: boolean;
    readonly renamed?: 'with alias' | 'without alias';
    readonly gate: Gate;
  };
  readonly argumentOrder: Pair<readonly string[]>;
  /** The default value, wrapped in an object; `undefined` if there is no default. */
  readonly default: Pair<{ readonly default: unknown }>;
  readonly result: Pair<SchemaDocument>;
  readonly error: Pair<ErrorDocument>;
  readonly deprecation: Pair<unknown>;
  /** A new element in a released major. */
  readonly addition: Pair<unknown> & {
    readonly since: string | undefined;
    readonly from: Version | undefined;
    readonly mayLackSince: boolean;
  };
  /** The `since` of an element that both contracts have. */
  readonly since: Pair<string> & { readonly from: Version; readonly to: Version };
  readonly release: Pair<string>;
  // types
  readonly codec: TypedPair<string>;
  readonly discriminator: TypedPair<string>;
  readonly typeName: TypedPair<string>;
  readonly null: TypedPair<boolean>;
  readonly type: TypedPair & { readonly relation: Relation };
  readonly enumValue: TypedPair & { readonly change: 'added' | 'removed' | 'unprotected'; readonly isSafe: boolean };
  readonly constraint: TypedPair & { readonly keyword: string; readonly change: 'tightened' | 'loosened' | 'replaced' };
  readonly pattern: TypedPair<string>;
  readonly validator: TypedPair;
  /** A member of a union. `unprotected`: it lost its fallback. `isSafe`: old clients get the fallback in place of the added member. */
  readonly member: TypedPair<SchemaDocument> & {
    readonly change: 'added' | 'removed' | 'unprotected';
    readonly isSafe: boolean;
  };
  readonly field: TypedPair<FieldFacts>;
  readonly content: TypedPair<boolean | SchemaDocument>;
  /** An input that accepts more. Reported after a finding of a rule that needs a gate. */
  readonly widening: Pair<unknown> & { readonly isGated: boolean };
  // one contract
  readonly declaration: Pair<EndpointDocument> & { readonly major: number };
  readonly subject: Pair<string>;
  /** A declared `since`. */
  readonly declaredSince: Pair<string> & {
    readonly since: Version | undefined;
    readonly major: number;
    readonly endpoint: Version | undefined;
    readonly parent: Version | undefined;
  };
  readonly sharedSince: Pair<string> & { readonly sharers: readonly string[] };
  readonly lateArgument: Pair<ArgDocument> & { readonly isRequired: boolean; readonly isBeforeOlder: boolean };
  readonly position: Pair<SchemaDocument>;
  readonly removal: Pair<DeprecationDocument> & { readonly major: number; readonly endpoint: Version | undefined };
  // the command
  readonly projection: Pair<string>;
  readonly freshness: Pair<unknown>;
  readonly approval: Pair<unknown> & { readonly isUsed: boolean };
}

/** The name of a kind of observation. */
export type ObservationKind = keyof ObservationFacts;

/** An observation of one kind, at a path. */
export type ObservationOf<K extends ObservationKind> = { readonly kind: K; readonly path: string } & ObservationFacts[K];

/** An observation of any kind. */
export type Observation = { [K in ObservationKind]: ObservationOf<K> }[ObservationKind];

/** The kinds that need one contract only. */
export const LINT_KINDS: ReadonlySet<ObservationKind> = new Set<ObservationKind>([
  'declaration',
  'subject',
  'declaredSince',
  'sharedSince',
  'lateArgument',
  'position',
  'removal',
]);

/** The kinds that need more than contracts; the command reports them. */
export const TOOL_KINDS: ReadonlySet<ObservationKind> = new Set<ObservationKind>(['projection', 'freshness', 'approval']);
