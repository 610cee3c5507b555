/** Every way in which a call, a contract or a connection can fail: one row a code. docs/ERRORS.md is held to this table by a test. */

/** Whether the handler of a call ran: `'no'` is a proof, `'maybe'` means that nobody can know. */
export type Executed = 'no' | 'maybe' | 'yes';

/** What the table says of one code. */
export interface ErrorRow {
  /** What happened, and what the caller may conclude. */
  readonly meaning: string;
  /** Whether the handler ran, unless the error itself says otherwise. */
  readonly executed: Executed;
  /** Whether sending the same call again can help and is safe; `'idempotent'`: only if the method is idempotent. */
  readonly retryable: boolean | 'idempotent';
  /** Who finds out. */
  readonly raisedBy: 'contract' | 'client' | 'server' | 'transport' | 'client or server' | 'transport or server';
}

/** What each code means, whether the call ran, and whether sending it again can help. */
export const ERROR_CODES = {
  invalid_version: {
    meaning: 'A version is not `major.minor`.',
    executed: 'no',
    retryable: false,
    raisedBy: 'contract',
  },
  invalid_contract: {
    meaning: 'A decorated class contradicts itself, or an implementation does not fit it. Raised when it is registered.',
    executed: 'no',
    retryable: false,
    raisedBy: 'contract',
  },
  invalid_target: {
    meaning: 'A topic, namespace, server, method or way of calling cannot be addressed. Raised before anything is sent.',
    executed: 'no',
    retryable: false,
    raisedBy: 'client or server',
  },
  invalid_argument: {
    meaning: 'The arguments or options do not fit the contract; `data.violations` lists each with its path.',
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
    meaning: 'The codec cannot carry a value; `data.where` says `request` (nothing was sent) or `reply` (the handler ran).',
    executed: 'no',
    retryable: false,
    raisedBy: 'client or server',
  },
  payload_too_large: {
    meaning: "The message is over the broker's limit; `data` has `where`, `size` and `limit`.",
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
    meaning: 'Nobody listens on the topic (or the named server is not there). The broker refused the message.',
    executed: 'no',
    retryable: true,
    raisedBy: 'client',
  },
  unsupported_version: {
    meaning: 'Servers are there, but none serves the version that the call needs; `data.needs` and `data.served` name both.',
    executed: 'no',
    retryable: false,
    raisedBy: 'client or server',
  },
  unknown_namespace: {
    meaning: 'Servers are there, but none has the namespace of the call; `data.served` lists what they have.',
    executed: 'no',
    retryable: false,
    raisedBy: 'client or server',
  },
  no_such_method: {
    meaning: 'The server serves this namespace and version, and no method of this name is in its contract.',
    executed: 'no',
    retryable: false,
    raisedBy: 'server',
  },
  not_implemented: {
    meaning: 'The stub body of a contract was called: the method was not implemented.',
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
    meaning: '`rpcContext()` was called where no request is being served, or where scopes are not tracked after an `await`.',
    executed: 'no',
    retryable: false,
    raisedBy: 'server',
  },
  overloaded: {
    meaning: 'The server has as much to do as it may; `data.retryAfter` says in how many milliseconds it may be better.',
    executed: 'no',
    retryable: true,
    raisedBy: 'server',
  },
  server_stopped: {
    meaning:
      'The server was stopped: before the handler ran (`no`), or without waiting for it (`maybe`); or it has forgotten a call that it was to remember (`maybe`).',
    executed: 'maybe',
    retryable: 'idempotent',
    raisedBy: 'server',
  },
  deadline_exceeded: {
    meaning:
      'No answer came in time (`data.kind` is `deadline`), or a server that was to say that it lives fell silent (`heartbeat`). The handler may have run, may be running, or may never run.',
    executed: 'maybe',
    retryable: 'idempotent',
    raisedBy: 'client or server',
  },
  connection_lost: {
    meaning: 'The connection to the broker broke while the call was under way.',
    executed: 'maybe',
    retryable: 'idempotent',
    raisedBy: 'transport',
  },
  client_closed: {
    meaning: 'The transport was closed while the call was under way (`maybe`) or before it was sent (`no`).',
    executed: 'maybe',
    retryable: false,
    raisedBy: 'transport',
  },
  cancelled: {
    meaning: 'The caller cancelled the call while it was under way (`maybe`) or before it was sent (`no`).',
    executed: 'maybe',
    retryable: false,
    raisedBy: 'client',
  },
  protocol_error: {
    meaning: 'A message could not be read as this protocol.',
    executed: 'no',
    retryable: false,
    raisedBy: 'client or server',
  },
  invalid_result: {
    meaning:
      'What the handler returned, or threw as a declared error, does not fit its declaration; `data.violations` lists each with its path.',
    executed: 'yes',
    retryable: false,
    raisedBy: 'client',
  },
  declared: {
    meaning:
      "The handler threw an error that its contract declares. Where the caller's contract has it too, it arrives as its own class; else `data` has its fields, and its name in `data.name`.",
    executed: 'yes',
    retryable: false,
    raisedBy: 'server',
  },
  internal: {
    meaning: "The handler failed in a way that its contract does not declare. Details are in the server's log under `id`.",
    executed: 'yes',
    retryable: false,
    raisedBy: 'server',
  },
} as const satisfies Record<string, ErrorRow>;

/** The code of an error: a key of the table above. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Whether a text is a code that this version knows. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(ERROR_CODES, text);
}
