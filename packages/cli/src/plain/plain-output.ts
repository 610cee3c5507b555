/** Output that foreign text cannot misuse: no control of the terminal, no command to a CI system, no credentials. */

import type { Io } from '../console/io';
import { hideCredentials } from './credentials';

/** The colours that reports use. */
const COLOURS = '\u001b\\[(?:1|2|22|31|33|36|39)m';
const INVISIBLE = new RegExp(`${COLOURS}|(?![\\n\\t])[\\p{C}\\p{Zl}\\p{Zp}]`, 'gu');
const COMMANDS = /##(?=\w*\[)/g;

/** Wraps the surroundings of a command. Data, such as JSON and source code, is written as it is. */
export function plainOutput(io: Io): Io {
  const { out, err, status } = { out: io.out.bind(io), err: io.err.bind(io), status: io.status?.bind(io) };
  return {
    cwd: io.cwd,
    env: io.env,
    isTerminal: io.isTerminal,
    stopSignal: io.stopSignal?.bind(io),
    input: io.input?.bind(io),
    out: (text, form) => out(form === 'data' ? text : plain(text)),
    err: (text) => err(plain(text)),
    ...(status !== undefined && { status: (line: string) => status(plain(line)) }),
  };
}

function plain(text: string): string {
  const visible = text.replace(INVISIBLE, (found) => (found.length > 2 ? found : escapeOf(found)));
  return hideCredentials(withoutCommands(visible));
}

/** Escapes what a CI system would take for a command, as JSON escapes it. */
export function withoutCommands(text: string): string {
  return text.replace(COMMANDS, '#\\u0023');
}

/** Writes each unit of a character as JSON escapes it: `\\u009b`. */
export function escapeOf(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
