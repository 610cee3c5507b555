/** Ties what a command does to commander: its surroundings come first, its exit code is kept. */
import type { ExitCode } from './exit-codes';
import type { Io } from './io';

/** What a command does: resolves to its exit code. */
export type Deed<A extends unknown[]> = (io: Io, ...args: A) => Promise<ExitCode> | ExitCode;

/** Makes an action of commander of what a command does. */
export type Runner = <A extends unknown[]>(deed: Deed<A>) => (...args: A) => Promise<void>;

/** A runner in surroundings, and the exit code of what it ran. */
export function createRunner(io: Io): { readonly run: Runner; exitCode(): ExitCode } {
  let exitCode: ExitCode = 0;
  const run: Runner =
    (deed) =>
    async (...args) => {
      exitCode = await deed(io, ...args);
    };
  return { run, exitCode: () => exitCode };
}
