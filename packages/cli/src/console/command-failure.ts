/** A failure of a command: the error, the remedy and the exit code. */
import { EXIT, type ExitCode } from './exit-codes';

/** Ends a command with an error text, a remedy and an exit code (default 2). */
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

/** Converts any thrown value to the text for standard error and the exit code. */
export async function explainFailure(thrown: unknown): Promise<{ readonly text: string; readonly exitCode: ExitCode }> {
  if (thrown instanceof CommandFailure) {
    const remedy = thrown.remedy === undefined ? '' : `  ${thrown.remedy.replaceAll('\n', '\n  ')}\n`;
    return { text: `error: ${thrown.message}\n${remedy}`, exitCode: thrown.exitCode };
  }
  // loaded here, so that the help does not load them
  const [{ isRpcError }, { UnreadableFile }] = await Promise.all([import('@concord-rpc/core'), import('@concord-rpc/evolution')]);
  if (thrown instanceof UnreadableFile) return { text: `error: unreadable input\n${thrown.message}\n`, exitCode: EXIT.usage };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const exitCode = isRpcError(thrown) && UNREACHABLE.has(thrown.code) ? EXIT.unreachable : EXIT.usage;
  return { text: `error: ${message}\n`, exitCode };
}
