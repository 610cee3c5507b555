/** The table of error codes: one row for each way in which a call, a contract or a connection can fail. A test compares docs/ERRORS.md with it. */

/** Tells whether the handler of a call ran: `'no'` and `'yes'` are proofs, `'maybe'` means that it cannot be known. */
export type Executed = 'no' | 'maybe' | 'yes';

/** One row of the table. */
export interface ErrorRow {
  /** The failure, and the conclusion that a caller can draw. */
  readonly meaning: string;
  /** Tells whether the handler ran. An error can override it. */
  readonly executed: Executed;
  /** True if sending the same call again can help and is safe; `'idempotent'`: only if the method is idempotent. An error can override it. */
  readonly retryable: boolean | 'idempotent';
  /** The part of Concord that raises the error. */
  readonly raisedBy: 'contract' | 'client' | 'server' | 'transport' | 'client or server' | 'transport or server';
}

/** The rows by code. */
export const ERROR_CODES = {
  invalid_version: {
    meaning: 'A version is not `major.minor`.',
    executed: 'no',
    retryable: false,
    raisedBy: 'contract',
  },
  invalid_contract: {
    meaning: 'A decorated class contradicts itself, or an implementation does not fit it. Raised at registration.',
    executed: 'no',
    retryable: false,
    raisedBy: 'contract',
  },
  invalid_target: {
    meaning: 'A topic, namespace, server, method or mode of call is not valid. Raised before anything is sent.',
    executed: 'no',
    retryable: false,
    raisedBy: 'client or server',
  },
  invalid_argument: {
    meaning: 'The arguments or options do not fit the contract; `data.violations` lists each violation with its path.',
    executed: 'no',
    retryable: false,
    raisedBy: 'client or server',
  },
  version_capped: {
    meaning: "The call needs a version above the client's cap. Raised before anything is sent.",
    executed: 'no',
    retryable: false,
    raisedBy: 'client',
  },
  unserializable: {
    meaning: 'The codec cannot encode a value; `data.where` is `request` (nothing was sent) or `reply` (the handler ran).',
    executed: 'no',
    retryable: false,
    raisedBy: 'client or server',
  },
  payload_too_large: {
    meaning:
      'The message is larger than the limit of the broker, or of the server for a request; `data` has `where`, `size` and `limit` in bytes.',
    executed: 'no',
    retryable: false,
    raisedBy: 'client or server',
  },
  not_connected: {
    meaning: 'There is no connection to the broker. Nothing was sent.',
    executed: 'no',
    retryable: true,
    raisedBy: 'transport',
  },
  no_servers: {
    meaning: 'No server is subscribed to the topic, or the named server is not. The broker refused the message.',
    executed: 'no',
    retryable: true,
    raisedBy: 'client',
  },
  unsupported_version: {
    meaning: 'Servers answer on the topic, but none serves the version that the call needs; see `data.needs` and `data.served`.',
    executed: 'no',
    retryable: false,
    raisedBy: 'client or server',
  },
  unknown_namespace: {
    meaning: 'Servers answer on the topic, but none under the namespace of the call; `data.served` lists what they serve.',
    executed: 'no',
    retryable: false,
    raisedBy: 'client or server',
  },
  no_such_method: {
    meaning: 'The server serves this namespace and version, but its contract has no method of this name.',
    executed: 'no',
    retryable: false,
    raisedBy: 'server',
  },
  not_implemented: {
    meaning: 'The stub body of a contract method was called: the method is not implemented.',
    executed: 'no',
    retryable: false,
    raisedBy: 'contract',
  },
  permission_denied: {
    meaning: "The broker's permissions forbid this subject, or the server's access policy or interceptors forbid this call.",
    executed: 'no',
    retryable: false,
    raisedBy: 'transport or server',
  },
  no_context: {
    meaning: '`rpcContext()` was called outside a handler, or after an `await` in a server with `trackContext: false`.',
    executed: 'no',
    retryable: false,
    raisedBy: 'server',
  },
  overloaded: {
    meaning: 'The server has reached its concurrency and queue limits. Retry after `data.retryAfter` milliseconds.',
    executed: 'no',
    retryable: true,
    raisedBy: 'server',
  },
  server_stopped: {
    meaning:
      'The server was stopped before the handler ran (`no`) or without waiting for it (`maybe`), or the server no longer remembers the result of a call that it accepted (`maybe`).',
    executed: 'maybe',
    retryable: 'idempotent',
    raisedBy: 'server',
  },
  deadline_exceeded: {
    meaning:
      'No response arrived before the deadline (`data.kind` is `deadline`), or a monitored server stopped sending heartbeats (`heartbeat`). The handler may have run, may be running, or may never run.',
    executed: 'maybe',
    retryable: 'idempotent',
    raisedBy: 'client or server',
  },
  connection_lost: {
    meaning: 'The connection to the broker was lost during the call.',
    executed: 'maybe',
    retryable: 'idempotent',
    raisedBy: 'transport',
  },
  client_closed: {
    meaning: 'The transport was closed during the call (`maybe`) or before it was sent (`no`).',
    executed: 'maybe',
    retryable: false,
    raisedBy: 'transport',
  },
  cancelled: {
    meaning: 'The caller cancelled the call after it was sent (`maybe`) or before (`no`).',
    executed: 'maybe',
    retryable: false,
    raisedBy: 'client',
  },
  protocol_error: {
    meaning: 'A message does not follow the protocol.',
    executed: 'no',
    retryable: false,
    raisedBy: 'client or server',
  },
  invalid_result: {
    meaning:
      'The result or the declared error of the handler does not fit its declaration; `data.violations` lists each violation with its path.',
    executed: 'yes',
    retryable: false,
    raisedBy: 'client',
  },
  declared: {
    meaning:
      "The handler threw an error that its contract declares. If the caller's contract declares it too, it arrives as its own class; else `data` has its fields, and `data.name` its name.",
    executed: 'yes',
    retryable: false,
    raisedBy: 'server',
  },
  internal: {
    meaning: "The handler threw an error that its contract does not declare. The server's log has the details under `id`.",
    executed: 'yes',
    retryable: false,
    raisedBy: 'server',
  },
} as const satisfies Record<string, ErrorRow>;

/** The code of an error. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Returns whether a text is a code that this version knows. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(ERROR_CODES, text);
}
