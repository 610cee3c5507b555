/** Writes files that the user named. */
import { writeFileSync } from 'node:fs';
import { CommandFailure } from './command-failure';

/**
 * Writes a file. `shown` is its path in the error text.
 *
 * @throws CommandFailure if the file cannot be written.
 */
export function writeFile(path: string, text: string, shown: string): void {
  try {
    writeFileSync(path, text);
  } catch (thrown) {
    throw new CommandFailure(`cannot write ${shown}: ${(thrown as Error).message}`, 'name a file in an existing folder');
  }
}
