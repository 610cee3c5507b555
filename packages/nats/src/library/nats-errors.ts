/** Errors of both clients: refused credentials, certificates that are not accepted, and the reason why a connect failed. */

/** Codes of `nats` 2.x, and the names and texts of errors of `@nats-io/transport-node` 3.x, for credentials that the broker refuses. */
const CREDENTIALS_REFUSED = new Set<unknown>(['AUTHORIZATION_VIOLATION', 'AUTHENTICATION_EXPIRED', 'ACCOUNT_EXPIRED']);
const REFUSED_NAMES = new Set<unknown>(['AuthorizationError', 'UserAuthenticationExpiredError']);
/** The broker had not received credentials in time, which says nothing about them. */
const TOO_LATE = /authentication timeout/i;

/** Codes of the system, and the codes of `nats` 2.x for them. */
const CODES: ReadonlyMap<unknown, string> = new Map([['ECONNREFUSED', 'CONNECTION_REFUSED']]);
const NAMES: ReadonlyMap<unknown, string> = new Map([['TimeoutError', 'TIMEOUT']]);

/** Codes of Node.js for a certificate that it does not accept. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)|ERR_TLS|CRL_|SIGNATURE_FAILURE|HOSTNAME_MISMATCH/;

/** An error of either client, and the error that it wraps. */
interface ChainedError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly chainedError?: ChainedError;
  readonly cause?: ChainedError;
}

/** Returns whether an error, or the code of one, says that the broker refuses the credentials. */
export function isCredentialsRefused(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return CREDENTIALS_REFUSED.has(thrown);
  const { code, name, message } = thrown as ChainedError;
  return CREDENTIALS_REFUSED.has(code) || (REFUSED_NAMES.has(name) && !TOO_LATE.test(String(message)));
}

/** Returns why TLS failed, and the remedy; `undefined` if the error is another one. */
export function certificateProblem(thrown: unknown): string | undefined {
  for (const { code } of chainOf(thrown)) {
    if (typeof code !== 'string' || !CERTIFICATE.test(code)) continue;
    return `TLS does not accept the certificate (${code}): pass the certificate of its authority as tls.caFile, and connect to a name in the certificate`;
  }
  return undefined;
}

/** Returns the code of a failed connect, the same for both clients: `CONNECTION_REFUSED`, `TIMEOUT`, or a code of the system. */
export function failureCode(thrown: unknown): string | undefined {
  for (const { code, name } of chainOf(thrown)) {
    if (typeof code === 'string') return CODES.get(code) ?? code;
    const known = NAMES.get(name);
    if (known !== undefined) return known;
  }
  return undefined;
}

function* chainOf(thrown: unknown): Generator<ChainedError> {
  let error = thrown as ChainedError | undefined;
  for (let depth = 0; typeof error === 'object' && error !== null && depth < 4; depth++) {
    yield error;
    error = error.chainedError ?? error.cause;
  }
}
