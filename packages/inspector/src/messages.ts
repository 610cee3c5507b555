/** The data that the process of the inspector and its page exchange, as JSON. */
import type { ContractDocument } from '@concord-rpc/core';

/** The work of a server or of a method in the last interval. */
export interface Load {
  readonly callsPerSecond: number;
  /** Calls that ended with an error of their handler, in a second. */
  readonly errorsPerSecond: number;
  /** Calls that the server refused before a handler ran, in a second. */
  readonly refusalsPerSecond: number;
  /** Average time of a call; `null` if no call ended. */
  readonly milliseconds: number | null;
}

/** `late`: it has missed its signs of presence. `shared`: several servers have its name. */
export type Health = 'up' | 'late' | 'shared';

/** One server on one topic. */
export interface ShownServer {
  /** `exchange/topic`. */
  readonly topic: string;
  readonly server: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly endpoints: readonly ShownEndpoint[];
  readonly health: Health;
  /** Absent until the server has answered two questions about its counts. */
  readonly load?: Load;
}

/** One major of an interface, and the version that a server serves. */
export interface ShownEndpoint {
  /** `Name@major`. */
  readonly endpoint: string;
  readonly version: string;
}

/** Servers that are new or have changed, and servers that left, each as `topic server`. */
export interface FleetChange {
  /** The change has all servers: others are gone. */
  readonly isWhole?: boolean;
  readonly set: readonly ShownServer[];
  readonly left: readonly string[];
}

/** Facts that the page shows in its head. */
export interface InspectorFacts {
  readonly broker: string;
  readonly canCall: boolean;
  readonly canWatch: boolean;
  /** Limits of what the user of the broker may see, as sentences. */
  readonly notes: readonly string[];
}

/** One change of a contract by a version. */
export interface ContractChange {
  readonly kind: 'added' | 'removed' | 'changed' | 'deprecated';
  /** The method, argument or field. */
  readonly element: string;
  readonly text: string;
}

/** The contract of an interface as its newest server serves it, and its history. */
export interface ShownContract {
  readonly endpoint: string;
  readonly topic: string;
  readonly document: ContractDocument;
  /** The servers at each version. */
  readonly versions: Readonly<Record<string, number>>;
  /** Texts about the methods, by name. */
  readonly methods: Readonly<Record<string, MethodTexts>>;
  /** Newest first. */
  readonly history: readonly { readonly version: string; readonly changes: readonly ContractChange[] }[];
}

/** Texts about a method. */
export interface MethodTexts {
  readonly signature: string;
  /** Arguments, with their types and versions. */
  readonly args: readonly string[];
  readonly result: string;
  readonly errors: readonly string[];
}

/** The counts of one method in the fleet. */
export interface MethodLoad {
  readonly method: string;
  readonly calls: number;
  readonly errors: number;
  readonly refusals: number;
  readonly lastError: string;
  readonly load?: Load;
  /** Seconds since 1970, and the load at that time, oldest first. */
  readonly series: readonly (readonly [at: number, load: Load])[];
}

/** The calls of one caller with one version of the contract. */
export interface ShownCaller {
  /** `null` if the caller states no name. */
  readonly caller: string | null;
  /** `null` if the calls state no version, as casts do not. */
  readonly contract: string | null;
  readonly calls: number;
  /** The highest version that a call needed. */
  readonly needs: string;
  /** Seconds since its last call. */
  readonly ago: number;
}

/** The callers of an interface. */
export interface ShownCallers {
  readonly callers: readonly ShownCaller[];
  /** Servers that reported their callers, servers that did not, and the longest time that one has counted, in seconds. */
  readonly counted: { readonly servers: number; readonly silent: number; readonly seconds: number };
}

/** One verdict of the matrix. */
export interface ShownVerdict {
  readonly outcome: string;
  readonly text: string;
}

/** Clients against servers, method by method. */
export interface ShownMatrix {
  readonly servers: readonly string[];
  readonly rows: readonly {
    readonly client: string;
    readonly method: string;
    /** For each server, the call with the fewest and with all arguments; one verdict if they are equal. */
    readonly cells: readonly (readonly ShownVerdict[])[];
  }[];
  readonly notes: readonly string[];
}

/** A call as the page sends it. */
export interface PageCall {
  readonly endpoint: string;
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** The server to call; any by default. */
  readonly to?: string;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** The judgement of a call that was not sent. */
export interface JudgedCall {
  /** The version that the call needs; absent if the arguments do not fit. */
  readonly needs?: string;
  /** The part of the call that needs the version. */
  readonly because?: string;
  /** Names of servers that serve the version. */
  readonly servers: readonly string[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/** A step of a call that was sent. */
export type CallStep =
  | { readonly kind: 'item'; readonly value: unknown }
  | { readonly kind: 'result'; readonly value?: unknown; readonly milliseconds: number }
  | { readonly kind: 'note'; readonly text: string }
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly message: string;
      readonly executed: string;
      readonly data?: unknown;
    };

/** Receives the calls of an interface as they pass. */
export interface PassingCalls {
  onCall(call: PassingCall): void;
  /** A sentence about calls that are not shown. */
  onNote(note: string): void;
}

/** One call as an observer of the fleet saw it pass. */
export interface PassingCall {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly endpoint: string;
  readonly method: string;
  readonly caller?: string;
  readonly server?: string;
  readonly needs?: string;
  readonly outcome: string;
  readonly milliseconds?: number;
}
