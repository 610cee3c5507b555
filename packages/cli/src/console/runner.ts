/** Connects the actions of subcommands to commander. */
import type { ExitCode } from './exit-codes';
import type { Io } from './io';

/** The action of a subcommand. Returns or resolves to the exit code. */
export type CommandAction<A extends unknown[]> = (io: Io, ...args: A) => Promise<ExitCode> | ExitCode;

/** Converts the action of a subcommand to a callback for commander. */
export type Runner = <A extends unknown[]>(action: CommandAction<A>) => (...args: A) => Promise<void>;

/** Creates a runner that passes `io` to actions. `exitCode` returns the code of the action that ran; 0 before. */
export function createRunner(io: Io): { readonly run: Runner; exitCode(): ExitCode } {
  let exitCode: ExitCode = 0;
  const run: Runner =
    (action) =>
    async (...args) => {
      exitCode = await action(io, ...args);
    };
  return { run, exitCode: () => exitCode };
}
