/** A command that cannot go on: what is wrong, what to do, and the exit code. */

import { isRpcError } from '@concord-rpc/core';
import { UnreadableFile } from '@concord-rpc/evolution';
import { EXIT, type ExitCode } from './exit-codes';

/** Ends a command with a sentence and a remedy. */
export class CommandFailure extends Error {
  constructor(
    message: string,
    readonly remedy?: string,
    readonly exitCode: ExitCode = EXIT.usage,
  ) {
    super(message);
    this.name = 'CommandFailure';
  }
}

const UNREACHABLE: ReadonlySet<string> = new Set(['not_connected', 'connection_lost', 'connect_failed', 'no_servers']);

/** Anything thrown, as what the user reads and the exit code. */
export function explainFailure(thrown: unknown): { readonly text: string; readonly exitCode: ExitCode } {
  if (thrown instanceof CommandFailure) {
    const remedy = thrown.remedy === undefined ? '' : `  ${thrown.remedy.replaceAll('\n', '\n  ')}\n`;
    return { text: `error: ${thrown.message}\n${remedy}`, exitCode: thrown.exitCode };
  }
  if (thrown instanceof UnreadableFile) return { text: `error: unreadable input\n${thrown.message}\n`, exitCode: EXIT.usage };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const exitCode = isRpcError(thrown) && UNREACHABLE.has(thrown.code) ? EXIT.unreachable : EXIT.usage;
  return { text: `error: ${message}\n`, exitCode };
}
