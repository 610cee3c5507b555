/** The cases observed on oslo.messaging, as they stand in oslo-cases.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A Python exception as recorded. */
export interface Raised {
  readonly error: string;
  readonly message?: string;
}

interface Case {
  readonly id: string;
  readonly note?: string | null;
}

/** `version_is_compatible(imp, req)`. */
export interface VersionCase extends Case {
  readonly imp: string | null;
  readonly req: unknown;
  readonly expect: boolean | Raised;
}

/** The version of an endpoint, the version of a message, and whether the endpoint accepted it. */
export interface EndpointCase extends Case {
  readonly endpoint_version: string | null;
  readonly message_version: string | null;
  readonly expect: boolean | Raised;
}

type Sent = { readonly sent: true; readonly message_version: string } | Raised;

/** A client with a base version and a cap, `prepare`d any number of times, that sends. */
export interface CapCase extends Case {
  readonly target_version: string | null;
  readonly cap: string | null;
  readonly prepare: readonly { readonly version: string | null }[];
  /** An explicit argument of `can_send_version`. */
  readonly can_send_arg?: string | null;
  readonly expect: {
    /** The settings of the client at the end; missing if `prepare` raised. */
    readonly effective?: { readonly version: string | null; readonly version_cap: string | null };
    readonly call?: Sent;
    readonly cast?: Sent;
    readonly can_send_version?: boolean | Raised;
  };
}

/** A method or attribute of an oslo endpoint. */
export interface OsloMember {
  readonly name: string;
  readonly kind?: 'attribute' | 'static' | 'raises';
  /** True if its exception is marked with oslo's `@expected_exceptions`. */
  readonly expected?: boolean;
  /** Marked with oslo's `@expose`. */
  readonly exposed?: boolean;
  readonly params?: readonly (string | { readonly name: string; readonly default: unknown })[];
}

/** One object in the endpoint list of an oslo server. */
export interface OsloEndpoint {
  readonly target?:
    | string
    | number
    | {
        readonly namespace?: string | null;
        readonly version?: string | null;
        readonly legacy_namespaces?: readonly (string | null)[] | null;
      };
  readonly methods: readonly (string | OsloMember)[];
}

/** A message that a client sent. */
export interface OsloMessage {
  readonly method: string;
  readonly namespace?: string | number | null;
  readonly version?: string | number | null;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A message against the endpoints of a server. */
export interface DispatchCase extends Case {
  readonly endpoints: readonly OsloEndpoint[];
  readonly access_policy: 'default' | 'explicit' | 'legacy';
  readonly message: OsloMessage;
  readonly expect: {
    readonly outcome: 'success' | 'error' | 'constructor_error';
    readonly error?: string;
    /** Index of the endpoint that ran. */
    readonly endpoint?: number;
    readonly method?: string;
    readonly received?: { readonly args: Readonly<Record<string, unknown>> };
  };
}

/** The target of an oslo client: what is left out is as not said, `null` is said to be none. */
export interface OsloTarget {
  readonly exchange?: string | null;
  readonly topic?: string | null;
  readonly namespace?: string | null;
  readonly version?: string | null;
  readonly server?: string | null;
  readonly fanout?: boolean | number | string | null;
}

/** Settings of an oslo client; times are in seconds. */
export interface OsloSettings {
  readonly timeout?: number | null;
  readonly version_cap?: string | null;
  readonly call_monitor_timeout?: number | null;
  readonly retry?: number | null;
}

/** The arguments of `prepare`. */
export interface OsloOverrides extends OsloTarget, OsloSettings {
  /** Arguments that are not keywords of `prepare`. */
  readonly [other: string]: unknown;
}

/** The settings and messages of a client after some `prepare`s. */
export interface PrepareCase extends Case {
  readonly target: OsloTarget;
  readonly client: OsloSettings;
  readonly prepare: readonly OsloOverrides[];
  readonly expect:
    | (Required<OsloSettings> & {
        readonly target: Required<OsloTarget>;
        readonly original_unchanged: boolean;
        /** True if the last client is another object than the first. */
        readonly new_object: boolean;
        readonly sent?: { readonly message: OsloMessage };
      })
    | Raised;
}

/** A target, and whether oslo allows calls, casts and listening on it. */
export interface LegalityCase extends Case {
  readonly kind: 'call' | 'cast' | 'listen' | 'server-executor';
  readonly target?: OsloTarget;
  readonly prepare?: OsloOverrides;
  readonly args?: Readonly<Record<string, unknown>>;
  /** The exception that the driver raises when it sends. */
  readonly driver_raises?: string;
  readonly executor?: string;
  readonly expect:
    | { readonly sent: true; readonly returns: string | null; readonly wait_for_reply: boolean; readonly message: OsloMessage }
    | { readonly listening: true }
    | Raised;
}

/** Which of several servers get what is sent. */
export interface DeliveryCase extends Case {
  readonly driver: string;
  readonly servers: readonly { readonly server: string; readonly exchange?: string }[];
  readonly kind: 'call' | 'cast';
  readonly prepare: OsloTarget;
  readonly times: number;
  readonly expect:
    | {
        readonly received_by: 'exactly one competing consumer' | readonly string[];
        readonly result?: Raised | null;
        readonly reply_is_from_the_receiver?: boolean | null;
      }
    | { readonly total_received: number; readonly lost_or_duplicated: number; readonly receivers_seen: readonly string[] };
}

/** A call of a handler that takes its time; times are in seconds. */
export interface MonitorCase extends Case {
  readonly timeout?: number;
  readonly call_monitor_timeout?: number | null;
  readonly handler_seconds?: number;
  /** In place of the times: a call that is refused. */
  readonly scenario?: string;
  readonly expect:
    | { readonly result: string | Raised; readonly after_seconds_about: number }
    | { readonly outcome: string; readonly heartbeats_sent_after_the_reply: number };
}

/** A step in the life of a server. */
export interface LifecycleStep {
  readonly op: 'start' | 'stop' | 'wait' | 'reset';
  readonly result: string;
}

/** The steps of a server's life, one after the other; or what it does with ten casts at once. */
export interface LifecycleCase extends Case {
  readonly expect:
    | readonly LifecycleStep[]
    | { readonly pool: number; readonly running: number; readonly acknowledged_and_queued_in_process: number };
}

/** Calls of one method through Neutron's BackingOffClient, one after the other, each failing. Times are in seconds. */
export interface BackoffCase extends Case {
  readonly rpc_response_timeout: number;
  readonly rpc_response_max_timeout: number;
  readonly expect: readonly {
    readonly step: { readonly op: 'call'; readonly fail: 'timeout' | 'delivery' };
    readonly timeout_used: number;
    readonly result: Raised;
    /** Between which bounds it slept before it raised; `null`: it did not. */
    readonly jitter_uniform_bounds: readonly [number, number] | null;
  }[];
}

/** The sections of the file. */
export interface Sections {
  readonly version_compat: readonly VersionCase[];
  readonly endpoint_compat: readonly EndpointCase[];
  readonly version_cap: readonly CapCase[];
  readonly dispatcher: readonly DispatchCase[];
  readonly prepare: readonly PrepareCase[];
  readonly legality: readonly LegalityCase[];
  readonly delivery: readonly DeliveryCase[];
  readonly call_monitor: readonly MonitorCase[];
  readonly lifecycle: readonly LifecycleCase[];
  readonly neutron_backoff: readonly BackoffCase[];
}

interface CasesFile extends Sections {
  readonly meta: { readonly unset_marker: string };
}

/** All cases, by section. */
export const CASES: CasesFile = JSON.parse(readFileSync(join(__dirname, 'oslo-cases.json'), 'utf8'));

/** Stands in the file for a value that was not given at all, which is not `null`. */
export const UNSET = CASES.meta.unset_marker;

/** Returns whether oslo raised an exception. */
export function raised(outcome: unknown): outcome is Raised {
  return typeof outcome === 'object' && outcome !== null && 'error' in outcome;
}

/** Returns the title of a case in the output of the tests. */
export function titleOf({ id, note }: Case, what: string): string {
  return `${id}: ${what}${note == null ? '' : ` (${note})`}`;
}
