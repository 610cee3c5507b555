/** The system methods of every server: their names, arguments and responses. docs/PROTOCOL.md, "System methods". */
import { isContextName } from '../context/context-values';
import type { Delivery } from '../subjects/subjects';
import { isServerName, isToken } from '../values/target';
import { isVersion } from '../values/version';

/**
 * The method that returns the announcement of a server. Arguments: the names of a method, to learn which interfaces have it; and a number of
 * milliseconds, within which the server waits for a random time before it replies.
 */
export const PING = 'ping';
/** The method that returns the contracts of a server. No arguments. */
export const DESCRIBE = 'describe';
/** The method that returns the usage that a server has counted. No arguments. */
export const USAGE = 'usage';
/** The method that shows calls to an observer for a while. Argument: `WatchTerms`. */
export const WATCH = 'watch';
/** The cast that cancels a running call. Arguments: `CONTROL_ARGS`, without `items`. */
export const CANCEL = 'cancel';
/** The cast that lets a server send more items of a stream. Arguments: `CONTROL_ARGS`. */
export const CREDIT = 'credit';

/** The argument names of `cancel` and `credit`: the nonce of the call, and the number of items that the reader has read. */
export const CONTROL_ARGS = ['nonce', 'items'] as const;

/** `Name@major`. */
const ENDPOINT_KEY = /^[A-Za-z0-9_-]{1,64}@\d{1,10}$/;

/** One interface that a server serves, in the response to `ping`. */
export interface ServedEndpoint {
  readonly name: string;
  /** `major.minor`. */
  readonly version: string;
  /** Every namespace under which the server answers; `null` is the null namespace. */
  readonly namespaces: readonly (string | null)[];
  /** The hash of the contract: equal for equal interfaces. */
  readonly hash?: string;
  /** The deliveries under which the server takes messages: `any`, `to` and `all`. Absent if it takes all three. */
  readonly listen?: readonly string[];
  /** True if the interface has the method that the request named; absent if the request named none. */
  readonly hasMethod?: boolean;
}

/** Facts about a server that its operator chose, for example `zone`, `rack` or `release`. */
export type Labels = Readonly<Record<string, string>>;

/** One server of a topic and the interfaces that it serves there: the response to `ping`, and the content of every sign of presence. */
export interface ServerAnnouncement {
  readonly server: string;
  /** The id of this start of the server. A server that is started again under the same name has another one. */
  readonly boot: string;
  /** Milliseconds between two signs of presence, random by a fifth; absent if the server sends none by itself. */
  readonly interval?: number;
  readonly labels?: Labels;
  readonly endpoints: readonly ServedEndpoint[];
}

/** The response to `describe`: one server of a topic and its contracts there, as the server wrote them. */
export interface ServerDescription {
  readonly server: string;
  readonly contract: unknown;
}

/** One group of callers of one method: what they have in common, and the arguments that they passed. */
export interface ReportedUse {
  /** `Name@major`. */
  readonly endpoint: string;
  /** The name by which they called the method. */
  readonly method: string;
  /** The version of their contract; absent if they state none, or if there are too many versions to tell apart. */
  readonly contract?: string;
  /** Their `context.caller`; absent if they state none, or if there are too many callers to tell apart. */
  readonly caller?: string;
  /** They sent casts, which do not state a contract version. */
  readonly cast?: true;
  /** The version that the calls needed. */
  readonly needs: string;
  /** The arguments that at least one of the calls passed. */
  readonly args: readonly string[];
  readonly calls: number;
  /** Seconds since the last call. */
  readonly ago: number;
}

/** The response to `usage`: the uses that a server has counted, and for how many seconds. */
export interface UsageReport {
  readonly server: string;
  readonly seconds: number;
  readonly uses: readonly ReportedUse[];
}

/** Returns whether an endpoint takes messages of a delivery: to any server, to the named one, or to all. */
export function listensTo({ listen }: Pick<ServedEndpoint, 'listen'>, delivery: Delivery): boolean {
  return listen === undefined || listen.includes(delivery);
}

/** Returns whether a value is an announcement: the response to `ping`. */
export function isAnnouncement(value: unknown): value is ServerAnnouncement {
  if (!isRecord(value)) return false;
  const { server, boot, interval, labels, endpoints } = value;
  return (
    isServerName(server) &&
    isToken(boot) &&
    (interval === undefined || (isCount(interval) && (interval as number) > 0)) &&
    (labels === undefined || isLabels(labels)) &&
    Array.isArray(endpoints) &&
    endpoints.every(isServedEndpoint)
  );
}

/** Most labels of a server, and the longest value of a label in characters. */
const MOST_LABELS = 32;
const LONGEST_LABEL = 256;

/** Returns whether a value can be the labels of a server: at most 32, with tokens as keys and texts of at most 256 characters as values. */
export function isLabels(value: unknown): value is Labels {
  if (!isRecord(value) || Array.isArray(value)) return false;
  const labels = Object.entries(value);
  return (
    labels.length <= MOST_LABELS &&
    labels.every(([key, text]) => isToken(key) && typeof text === 'string' && text.length <= LONGEST_LABEL)
  );
}

/** Returns whether a value is a response to `describe`. */
export function isDescription(value: unknown): value is ServerDescription {
  return isRecord(value) && isServerName(value.server) && isRecord(value.contract);
}

/** Returns whether a value is a response to `usage`. */
export function isUsageReport(value: unknown): value is UsageReport {
  if (!isRecord(value)) return false;
  const { server, seconds, uses } = value;
  return isServerName(server) && isCount(seconds) && Array.isArray(uses) && uses.every(isReportedUse);
}

function isServedEndpoint(value: unknown): value is ServedEndpoint {
  if (!isRecord(value)) return false;
  const { name, version, namespaces, listen, hash } = value;
  return (
    isToken(name) &&
    isVersion(version) &&
    isListOf(namespaces, isNamespace) &&
    (listen === undefined || isListOf(listen, isToken)) &&
    (hash === undefined || isToken(hash))
  );
}

function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}

function isNamespace(value: unknown): value is string | null {
  return value === null || isToken(value);
}

function isReportedUse(value: unknown): value is ReportedUse {
  if (!isRecord(value)) return false;
  const { endpoint, method, contract, caller, needs, args, calls, ago } = value;
  return (
    typeof endpoint === 'string' &&
    ENDPOINT_KEY.test(endpoint) &&
    isToken(method) &&
    (contract === undefined || isVersion(contract)) &&
    (caller === undefined || isContextName(caller)) &&
    isVersion(needs) &&
    Array.isArray(args) &&
    args.every(isToken) &&
    isCount(calls) &&
    isCount(ago)
  );
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
