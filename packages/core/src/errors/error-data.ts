/** The data of errors, typed by code: one row a code, read from the wire only if it fits. */
import type { ErrorCode } from './error-codes';

/** One rule that a value breaks. */
export interface Violation {
  /** The place of the value: `filter.tags[1].color`. */
  readonly path: string;
  /** The rule that the value breaks, in the validator's words. */
  readonly message: string;
}

/** An endpoint that a server serves, as far as the error tells. */
export interface ServedVersionFact {
  /** Absent where the server itself refused the call. */
  readonly server?: string;
  /** `major.minor`. */
  readonly version: string;
}

/** Data that any error can have. */
export interface AnyData {
  /** The number of attempts, if the client retried the call. */
  readonly attempts?: number;
}

/** Data of a code that promises none. Other keys are those of the code that made the error. */
export interface OpenData extends AnyData {
  readonly [key: string]: unknown;
}

/** The data of an error, by its code. */
export interface ErrorData {
  readonly invalid_version: OpenData | undefined;
  readonly invalid_contract: OpenData | undefined;
  readonly invalid_target: OpenData | undefined;
  /** `violations`: the arguments that do not fit the contract; absent for invalid options. */
  readonly invalid_argument: (AnyData & { readonly violations?: readonly Violation[] }) | undefined;
  readonly version_capped: AnyData & { readonly needs: string; readonly cap: string };
  readonly unserializable: (AnyData & { readonly where?: 'request' | 'reply' }) | undefined;
  /** Sizes in bytes. */
  readonly payload_too_large: AnyData & { readonly where?: 'request' | 'reply'; readonly size: number; readonly limit: number };
  readonly not_connected: OpenData | undefined;
  /** `servers`: the servers of the topic, if the named one is not among them. */
  readonly no_servers: (AnyData & { readonly servers?: readonly string[] }) | undefined;
  /** `served`: the endpoints that have the method; all of the namespace if none has it. */
  readonly unsupported_version: AnyData & { readonly needs: string; readonly served: readonly ServedVersionFact[] };
  /** `served`: from a server its namespaces, from a client the endpoints of the topic with theirs. */
  readonly unknown_namespace: AnyData & {
    readonly served: readonly (string | null | (ServedVersionFact & { readonly namespaces: readonly (string | null)[] }))[];
  };
  /** `served`: the endpoints of the topic; absent where the server itself refused the call. */
  readonly no_such_method: (AnyData & { readonly served?: readonly ServedVersionFact[] }) | undefined;
  readonly not_implemented: OpenData | undefined;
  readonly permission_denied: OpenData | undefined;
  readonly no_context: OpenData | undefined;
  /** `retryAfter`: milliseconds to wait before the next attempt. */
  readonly overloaded: (AnyData & { readonly retryAfter?: number }) | undefined;
  readonly server_stopped: OpenData | undefined;
  /** `timeout` and `monitor` in milliseconds; `server`: the server that was monitored. */
  readonly deadline_exceeded:
    | (AnyData & {
        readonly kind?: 'deadline' | 'heartbeat';
        readonly timeout?: number;
        readonly monitor?: number;
        readonly server?: string;
      })
    | undefined;
  readonly connection_lost: OpenData | undefined;
  readonly client_closed: OpenData | undefined;
  readonly cancelled: OpenData | undefined;
  readonly protocol_error: OpenData | undefined;
  readonly invalid_result: AnyData & { readonly violations: readonly Violation[] };
  /** The fields of the declared error, and its name. */
  readonly declared: OpenData & { readonly name: string };
  readonly internal: OpenData | undefined;
}

type Test = (value: unknown) => boolean;

const isString: Test = (value) => typeof value === 'string';
const isNumber: Test = (value) => typeof value === 'number';
const isWhere: Test = (value) => value === 'request' || value === 'reply';
const isKind: Test = (value) => value === 'deadline' || value === 'heartbeat';
const isListOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const isViolation: Test = (value) => isRecord(value) && isString(value.path) && isString(value.message);
const isServed: Test = (value) =>
  isRecord(value) && isString(value.version) && (value.server === undefined || isString(value.server));
const isNamespace: Test = (value) => value === null || isString(value);
const isAddressed: Test = (value) =>
  isNamespace(value) || (isServed(value) && isListOf(isNamespace)((value as { namespaces?: unknown }).namespaces));

/** The types of keys that readers rely on. */
const KEYS: { readonly [Code in ErrorCode]?: Readonly<Record<string, Test>> } = {
  invalid_argument: { violations: isListOf(isViolation) },
  version_capped: { needs: isString, cap: isString },
  unserializable: { where: isWhere },
  payload_too_large: { where: isWhere, size: isNumber, limit: isNumber },
  no_servers: { servers: isListOf(isString) },
  unsupported_version: { needs: isString, served: isListOf(isServed) },
  unknown_namespace: { served: isListOf(isAddressed) },
  no_such_method: { served: isListOf(isServed) },
  overloaded: { retryAfter: isNumber },
  deadline_exceeded: { kind: isKind, timeout: isNumber, monitor: isNumber, server: isString },
  invalid_result: { violations: isListOf(isViolation) },
  declared: { name: isString },
};

/** The data of codes that always have some, for peers that send none or send it misshapen. */
const MISSING: { readonly [Code in ErrorCode]?: ErrorData[Code] } = {
  version_capped: { needs: '', cap: '' },
  payload_too_large: { size: 0, limit: 0 },
  unsupported_version: { needs: '', served: [] },
  unknown_namespace: { served: [] },
  invalid_result: { violations: [] },
  declared: { name: '' },
};

/**
 * Reads the data of an error that a peer sent. Keys that do not have the type of their row are left out; a key that every error of
 * the code has is then empty (`''`, 0 or `[]`).
 */
export function readErrorData<Code extends ErrorCode>(code: Code, data: unknown): ErrorData[Code] {
  const missing = MISSING[code];
  if (!isRecord(data)) return missing as ErrorData[Code];
  const tests: Readonly<Record<string, Test>> = { attempts: isNumber, ...KEYS[code] };
  const fits = ([key, value]: [string, unknown]) => !Object.hasOwn(tests, key) || tests[key]!(value);
  return { ...missing, ...Object.fromEntries(Object.entries(data).filter(fits)) } as ErrorData[Code];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
