/** The exit codes of the command. */

/** Exit codes by meaning. */
export const EXIT = {
  /** Done; for checks: no unapproved finding at or above `--fail-on`. */
  ok: 0,
  /** Unapproved findings, or the answer no of can-deploy. */
  findings: 1,
  /** Wrong usage, invalid configuration, unreadable input, or arguments that do not fit the contract. */
  usage: 2,
  /** The committed contract file differs from the code. */
  stale: 3,
  /** can-deploy lacks the data for a yes or a no. */
  cannotTell: 4,
  /** NATS cannot be reached, or no server answered. */
  unreachable: 5,
  /** A call was refused, and its handler did not run. */
  refused: 6,
  /** The handler of a call ran and failed. */
  failed: 7,
  /** A call failed, and its handler may have run. */
  mayHaveRun: 8,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit codes as the help shows them. */
export const EXIT_HELP = `
Exit codes:
  0  done; for checks: no unapproved finding at or above --fail-on
  1  unapproved findings, or the answer no
  2  wrong usage, invalid configuration, or unreadable input
  3  the contract file differs from the code
  4  can-deploy cannot tell
  5  NATS cannot be reached, or no server answered
  6  a call was refused, and did not run
  7  a call ran, and its handler failed
  8  a call failed, and may have run
`;

/** The parts of an error that decide the exit code. */
interface CallError {
  readonly code: string;
  readonly executed: 'no' | 'maybe' | 'yes';
}

const UNREACHABLE: ReadonlySet<string> = new Set(['no_servers', 'not_connected']);
const BY_EXECUTED = { no: EXIT.refused, yes: EXIT.failed, maybe: EXIT.mayHaveRun } as const;

/** Returns the exit code of a call that failed: 5 if there was no server or no connection, else by whether its handler ran. */
export function exitCodeOfCall({ code, executed }: CallError): ExitCode {
  return UNREACHABLE.has(code) ? EXIT.unreachable : BY_EXECUTED[executed];
}
