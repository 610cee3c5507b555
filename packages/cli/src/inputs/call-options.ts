/** The options of commands that call methods of a live fleet. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LiveOptions } from '../live/with-fleet';
import { addLiveOptions } from './live-options';

/** A name with a value. */
export type NamedText = readonly [name: string, text: string];

/** The parsed options. */
export interface CallCommandOptions extends LiveOptions {
  /** Arguments by name, as text. */
  readonly arg?: readonly NamedText[];
  readonly needs?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly setContext?: readonly NamedText[];
  readonly verbose?: boolean;
}

/** Adds the method, its arguments, and the options to a command, with the one that tells of each attempt. */
export function addCallOptions(command: Command, examples: readonly string[]): Command {
  return addMethodOptions(command, examples).option('--verbose', 'print attempts, versions and times to standard error');
}

/** Adds the method, its arguments, and the options of the call to a command. */
export function addMethodOptions(command: Command, examples: readonly string[]): Command {
  command
    .argument('<method>', 'the method: Ports@1.list; without a major, that of the newest')
    .argument(
      '[arguments]',
      'JSON: an object of arguments by name, or an array by position; @FILE reads a file, - standard input',
    )
    .addOption(
      new Option(
        '--arg <NAME=VALUE>',
        'one argument, as text or JSON, whichever its type takes; @FILE reads a file; can be given several times',
      ).argParser(parseNamed),
    )
    .showHelpAfterError('An argument of the method is written --arg NAME=VALUE, or as JSON. Options: --help')
    .option('--needs <version>', 'the version that the call needs, major.minor (default: the least for its arguments)')
    .addOption(
      new Option(
        '--timeout <TIME>',
        'the longest wait for the result: 500ms, 10s or 2m (default: that of the method, or 10s)',
      ).argParser(parseTime),
    )
    .addOption(
      new Option('--set-context <KEY=VALUE>', 'a key of the context of the call; can be given several times').argParser(
        parseNamed,
      ),
    );
  return addLiveOptions(command, examples);
}

/** Parses `NAME=VALUE`, and adds it to those that were given before. */
export function parseNamed(text: string, earlier: readonly NamedText[] = []): readonly NamedText[] {
  const at = text.indexOf('=');
  if (at > 0) return [...earlier, [text.slice(0, at), text.slice(at + 1)]];
  throw new InvalidArgumentError('Write NAME=VALUE, for example host=node-1.');
}

const TIME = /^(\d{1,9})(ms|s|m)?$/;
const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000 } as const;

/** Parses a time such as `500ms`, `10s` or `2m`; a number alone is milliseconds. */
export function parseTime(text: string): number {
  const [, count, unit = 'ms'] = TIME.exec(text) ?? [];
  const milliseconds = Number(count) * MILLISECONDS[unit as keyof typeof MILLISECONDS];
  if (milliseconds > 0) return milliseconds;
  throw new InvalidArgumentError('Write a time: 500ms, 10s or 2m.');
}

/** Parses a number of servers or items. */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number from 1.');
}
