/** What the command's exit codes mean. */

/** Exit codes, by meaning. */
export const EXIT = {
  /** Nothing at or above `--fail-on` that is not approved. */
  ok: 0,
  /** Findings. */
  findings: 1,
  /** Usage, configuration, unreadable input. */
  usage: 2,
  /** The committed contract file is not what the code says. */
  stale: 3,
  /** The question has no answer yet. */
  cannotTell: 4,
  /** NATS is not reachable, or nobody answered. */
  unreachable: 5,
} as const;

/** An exit code. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
