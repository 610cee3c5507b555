/** The cases observed on oslo.messaging, as they stand in oslo-cases.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a Python exception left behind. */
export interface Raised {
  readonly error: string;
  readonly message?: string;
}

interface Case {
  readonly id: string;
  readonly note?: string;
}

/** `version_is_compatible(imp, req)`. */
export interface VersionCase extends Case {
  readonly imp: string | null;
  readonly req: unknown;
  readonly expect: boolean | Raised;
}

/** Whether an endpoint at a version takes a message at another. */
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
    /** What the client ends up with; missing if `prepare` raised. */
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
  /** What it raises is marked with oslo's `@expected_exceptions`. */
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

/** What a client sent. */
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

/** The sections of the file. */
export interface Sections {
  readonly version_compat: readonly VersionCase[];
  readonly endpoint_compat: readonly EndpointCase[];
  readonly version_cap: readonly CapCase[];
  readonly dispatcher: readonly DispatchCase[];
}

interface CasesFile extends Sections {
  readonly meta: { readonly unset_marker: string };
}

/** All cases, by section. */
export const CASES: CasesFile = JSON.parse(readFileSync(join(__dirname, 'oslo-cases.json'), 'utf8'));

/** Stands in the file for a value that was not given at all, which is not `null`. */
export const UNSET = CASES.meta.unset_marker;

/** Whether oslo raised. */
export function raised(outcome: unknown): outcome is Raised {
  return typeof outcome === 'object' && outcome !== null && 'error' in outcome;
}

/** How a case is named in the output of the tests. */
export function titleOf({ id, note }: Case, what: string): string {
  return `${id}: ${what}${note === undefined ? '' : ` (${note})`}`;
}
