/** The options of commands that report findings. */
import { FORMATS, type Format, PROFILES, type Profile } from '@concord-rpc/evolution';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { didYouMean } from '../console/did-you-mean';

/** A report format and its file; without a file, the report goes to standard output. */
export interface FormatChoice {
  readonly format: Format;
  readonly file?: string;
}

/** The parsed options of a reporting command. */
export interface ReportOptions {
  readonly format?: readonly FormatChoice[];
  readonly json?: boolean;
  readonly output?: string;
  readonly profile?: Profile;
  readonly failOn?: 'error' | 'warn';
  readonly explain?: string;
  readonly rules?: boolean;
}

const NAMES = Object.keys(FORMATS) as Format[];

/** Adds the options to a command. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--format <format[=FILE]>',
        `report format: ${NAMES.join(', ')}; can be given several times (default: text)`,
      ).argParser(parseFormat),
    )
    .option('--json', 'report as JSON; the same as --format json')
    .option('--output <FILE>', 'write the report to a file (default: standard output)')
    .addOption(
      new Option('--profile <profile>', 'the categories of rules that count (default: "all")').choices(Object.keys(PROFILES)),
    )
    .addOption(
      new Option('--fail-on <severity>', 'the least severity that gives exit code 1 (default: "error")').choices([
        'error',
        'warn',
      ]),
    )
    .option('--explain <RULE>', 'print the purpose, harm and remedy of a rule')
    .option('--rules', 'list all rules with their severities');
}

function parseFormat(text: string, earlier: readonly FormatChoice[] = []): readonly FormatChoice[] {
  const [name = '', ...rest] = text.split('=');
  if (!NAMES.includes(name as Format))
    throw new InvalidArgumentError(`Formats are ${NAMES.join(', ')}.${didYouMean(name, NAMES)}`);
  return [...earlier, { format: name as Format, ...(rest.length > 0 && { file: rest.join('=') }) }];
}
