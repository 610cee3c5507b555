/** The exit codes of the command. */

/** Exit codes by meaning. */
export const EXIT = {
  /** No unapproved finding at or above `--fail-on`. */
  ok: 0,
  /** Unapproved findings, or the answer no of can-deploy. */
  findings: 1,
  /** Wrong usage, invalid configuration, or unreadable input. */
  usage: 2,
  /** The committed contract file differs from the code. */
  stale: 3,
  /** can-deploy lacks the data for a yes or a no. */
  cannotTell: 4,
  /** NATS cannot be reached, or no server answered. */
  unreachable: 5,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
