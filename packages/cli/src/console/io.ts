/** The surroundings of a command: its folder, its environment variables, its input and its output streams. */

/** The surroundings of one run. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True if standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Returns the signal that ends a command which runs until it is stopped, such as `concord ls --watch`. */
  stopSignal?(): AbortSignal;
  /** Reads standard input to its end. Absent if there is none. */
  input?(): Promise<string>;
  /** Writes the result of the command to standard output. `data` is for programs, and must not change. */
  out(text: string, form?: 'data'): void;
  /** Writes errors, warnings and notes to standard error. */
  err(text: string): void;
  /** Shows one line at the end of a terminal, which the next line and any output replace; an empty one removes it. Absent if standard error is no terminal. */
  status?(line: string): void;
}

/** Moves to the begin of a line, and clears it. */
const CLEAR = '\r\u001b[2K';

/** The surroundings of this process. */
export function processIo(): Io {
  // the reader of a pipe has enough, such as `head`
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));
  let isShown = false;
  const show = (line: string) => {
    if (isShown || line !== '') process.stderr.write(`${CLEAR}${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    isShown = line !== '';
  };
  return {
    cwd: process.cwd(),
    env: process.env,
    isTerminal: process.stdout.isTTY === true,
    stopSignal: () => {
      const stopped = new AbortController();
      process.once('SIGINT', () => stopped.abort()); // a second one ends the process
      return stopped.signal;
    },
    input: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString('utf8');
    },
    out: (text) => {
      show('');
      process.stdout.write(text);
    },
    err: (text) => {
      show('');
      process.stderr.write(text);
    },
    ...(process.stderr.isTTY === true && process.env.TERM !== 'dumb' && { status: show }),
  };
}
