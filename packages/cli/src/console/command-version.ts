/** The version of the command. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version in the package.json of this package. */
export function commandVersion(): string {
  return JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')).version;
}
