/** The surroundings of a command: its folder, its environment variables and its output streams. */

/** The surroundings of one run. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True if standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Writes the result of the command to standard output. `data` is for programs, and must not change. */
  out(text: string, form?: 'data'): void;
  /** Writes errors, warnings and notes to standard error. */
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
