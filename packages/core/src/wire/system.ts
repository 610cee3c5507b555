/** The system methods of every server: their names, arguments and responses. docs/PROTOCOL.md, "System methods". */
import { isContextName } from '../context/context-values';
import { isServerName, isToken } from '../values/target';
import { isVersion } from '../values/version';
import type { Delivery } from './subjects';

/** The method that returns the interfaces of a server. Argument: the names of a method, to learn which interfaces have it. */
export const PING = 'ping';
/** The method that returns the contracts of a server. No arguments. */
export const DESCRIBE = 'describe';
/** The method that returns the usage that a server has counted. No arguments. */
export const USAGE = 'usage';
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
  /** The deliveries under which the server takes messages: `any`, `to` and `all`. Absent if it takes all three. */
  readonly listen?: readonly string[];
  /** True if the interface has the method that the request named; absent if the request named none. */
  readonly hasMethod?: boolean;
}

/** The response to `ping`: one server of a topic and the interfaces that it serves there. */
export interface ServerAnnouncement {
  readonly server: string;
  /** True if the server reads batches: messages of several requests. */
  readonly joins?: boolean;
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

/** Returns whether a value is a response to `ping`. */
export function isAnnouncement(value: unknown): value is ServerAnnouncement {
  if (!isRecord(value)) return false;
  const { server, endpoints } = value;
  return isServerName(server) && Array.isArray(endpoints) && endpoints.every(isServedEndpoint);
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
  const { name, version, namespaces, listen } = value;
  if (listen !== undefined && !(Array.isArray(listen) && listen.every(isToken))) return false;
  return isToken(name) && isVersion(version) && Array.isArray(namespaces) && namespaces.every(isNamespace);
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
