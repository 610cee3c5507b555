/** Connects the actions of commands to commander. */
import { Command } from 'commander';
import type { ExitCode } from './exit-codes';
import type { Io } from './io';
import { showWaiting } from './waiting';

/** The action of a command. Returns or resolves to the exit code. */
export type CommandAction<A extends unknown[]> = (io: Io, ...args: A) => Promise<ExitCode> | ExitCode;

/** Converts the action of a command to a callback for commander. */
export type Runner = <A extends unknown[]>(action: CommandAction<A>) => (...args: A) => Promise<void>;

/** Loads the command that words name. Resolves to it, and to the words after its name; the last word is incomplete, and names no command. */
export type LoadCommand = (words: readonly string[]) => Promise<{ readonly command: Command; readonly words: readonly string[] }>;

/** Creates a runner that passes `io` to actions, and their exit code to `onExit`. */
export function createRunner(io: Io, onExit: (code: ExitCode) => void): Runner {
  return (action) =>
    async (...args) => {
      const command: unknown = args.at(-1); // commander adds it
      const waiting = showWaiting(io, command instanceof Command ? command.name() : '');
      try {
        onExit(await action(waiting.io, ...args));
      } finally {
        waiting.end();
      }
    };
}
