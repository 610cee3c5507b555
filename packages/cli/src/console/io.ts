/** The world that a command sees: folder, environment, and where it writes. */

/** Streams and surroundings of one run. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person reads standard output at a terminal. */
  readonly isTerminal: boolean;
  /** What the command answers. */
  out(text: string): void;
  /** What it says about itself: errors, notes. */
  err(text: string): void;
}

/** The surroundings of this process. */
export function processIo(): Io {
  return {
    cwd: process.cwd(),
    env: process.env,
    isTerminal: process.stdout.isTTY === true,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
}
