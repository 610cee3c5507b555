/** Shows at a terminal that a command is at work, while it has not yet written anything. */
import type { Io } from './io';

/** Milliseconds until it is shown, and until the time in it changes. */
const PACE = 1_000;

/** The surroundings of a command that is shown as waiting, and the end of that. */
export interface Waiting {
  /** Its first output, and a status line of its own, end the waiting. */
  readonly io: Io;
  end(): void;
}

/** Shows the name of a command and the seconds that it has taken, from the first second until it writes. */
export function showWaiting(io: Io, name: string): Waiting {
  const { status } = io;
  if (status === undefined) return { io, end: () => undefined };
  let seconds = 0;
  const timer = setInterval(() => status(`concord ${name}: ${++seconds} s …`), PACE);
  timer.unref();
  const end = () => {
    clearInterval(timer);
    if (seconds > 0) status('');
    seconds = 0;
  };
  const ending =
    <A extends unknown[]>(write: (...args: A) => void) =>
    (...args: A) => {
      end();
      write(...args);
    };
  return { io: { ...io, out: ending(io.out), err: ending(io.err), status: ending(status) }, end };
}
