/** What rules look at: one kind of subject for each thing that two contracts, one contract, or the tool can show. */
import {
  type ArgDocument,
  type DeprecationDocument,
  type EndpointDocument,
  type ErrorDocument,
  type MethodDocument,
  type SchemaDocument,
  type Version,
} from '@concord-rpc/core';
import type { Relation } from '../document/schema-facets';

/** Which way a value goes: arguments come in, results, stream items and error data go out. */
export type ValueDirection = 'in' | 'out';

/** A fragment before and after; `undefined` where there is none. */
interface Pair<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Whether a document says how something was before it accepted more, and what it is and was as a whole. */
export interface Gate {
  readonly isGated: boolean;
  readonly before: unknown;
  readonly after: unknown;
}

/** A pair at a place where values of a type go one way. */
interface TypedPair<T = unknown> extends Pair<T> {
  readonly direction: ValueDirection;
  readonly gate: Gate;
}

/** A field of an object type. */
export interface FieldFacts {
  readonly required: boolean;
  readonly schema: SchemaDocument;
}

/** The facts of each kind of subject. `before` and `after` are what a finding shows. */
export interface ObservationFacts {
  // two contracts
  readonly endpoint: Pair<EndpointDocument> & { readonly otherMajor: boolean };
  readonly versions: Pair<string> & { readonly from: Version; readonly to: Version };
  /** Asked last of an endpoint: what its findings cost. */
  readonly growth: Pair<string> & { readonly from: Version; readonly to: Version; readonly bumps: ReadonlySet<string> };
  /** A new major beside the highest old one. */
  readonly major: Pair<string> & {
    readonly version: Version | undefined;
    readonly major: number;
    readonly lastMajor: number;
    readonly isBreaking: boolean;
  };
  /** Something of the last major that a new major lacks. */
  readonly lacking: Pair<MethodDocument | ArgDocument>;
  readonly method: Pair<MethodDocument> & { readonly renamedFrom?: string };
  readonly alias: Pair<string>;
  readonly argument: Pair<ArgDocument> & {
    readonly isOneWay: boolean;
    /** Whether an old argument comes after it. */
    readonly isBeforeOld: boolean;
    readonly renamed?: 'with alias' | 'without alias';
    readonly gate: Gate;
  };
  readonly argumentOrder: Pair<readonly string[]>;
  /** What is taken for what a caller leaves out, wrapped: `undefined` is no default. */
  readonly default: Pair<{ readonly default: unknown }>;
  readonly result: Pair<SchemaDocument>;
  readonly error: Pair<ErrorDocument>;
  readonly deprecation: Pair<unknown>;
  /** Something new in a released major. */
  readonly addition: Pair<unknown> & {
    readonly since: string | undefined;
    readonly from: Version | undefined;
    readonly mayLackSince: boolean;
  };
  /** The `since` of something that stayed. */
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
  readonly member: TypedPair<SchemaDocument>;
  readonly field: TypedPair<FieldFacts>;
  readonly content: TypedPair<boolean | SchemaDocument>;
  /** An input that accepts more: follows a finding of a rule that needs a gate. */
  readonly widening: Pair<unknown> & { readonly isGated: boolean };
  // one contract
  readonly declaration: Pair<EndpointDocument> & { readonly major: number };
  readonly subject: Pair<string>;
  /** A `since` where it is written. */
  readonly claim: Pair<string> & {
    readonly since: Version | undefined;
    readonly major: number;
    readonly endpoint: Version | undefined;
    readonly parent: Version | undefined;
  };
  readonly sharedClaim: Pair<string> & { readonly sharers: readonly string[] };
  readonly lateArgument: Pair<ArgDocument> & { readonly isRequired: boolean; readonly isBeforeOlder: boolean };
  readonly position: Pair<SchemaDocument>;
  readonly removal: Pair<DeprecationDocument> & { readonly major: number; readonly endpoint: Version | undefined };
  // the tool
  readonly projection: Pair<string>;
  readonly freshness: Pair<unknown>;
  readonly approval: Pair<unknown> & { readonly isUsed: boolean };
}

/** The name of a kind of subject. */
export type ObservationKind = keyof ObservationFacts;

/** A subject of one kind at a path. */
export type ObservationOf<K extends ObservationKind> = { readonly kind: K; readonly path: string } & ObservationFacts[K];

/** Any subject. */
export type Observation = { [K in ObservationKind]: ObservationOf<K> }[ObservationKind];

/** The kinds that need one contract only. */
export const LINT_KINDS: ReadonlySet<ObservationKind> = new Set<ObservationKind>([
  'declaration',
  'subject',
  'claim',
  'sharedClaim',
  'lateArgument',
  'position',
  'removal',
]);

/** The kinds that belong to the tool: they need more than contracts. */
export const TOOL_KINDS: ReadonlySet<ObservationKind> = new Set<ObservationKind>(['projection', 'freshness', 'approval']);
