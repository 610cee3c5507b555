/** The options of commands that report findings, and how their reports are written: to the terminal, to files, to GitHub's summary. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  explainRule,
  FORMATS,
  type Format,
  hasFailed,
  listRules,
  PROFILES,
  type Profile,
  type Report,
  RULES,
  ruleOf,
} from '@concord-rpc/evolution';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import { nearest } from '../console/nearest';
import { paint } from '../console/paint';

/** A format, and the file that it goes to; without one, to standard output. */
export interface FormatChoice {
  readonly format: Format;
  readonly file?: string;
}

/** What the options of a reporting command say. */
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
      new Option('--format <format[=FILE]>', `one of ${NAMES.join(', ')}; may be said several times`).argParser(parseFormat),
    )
    .option('--json', 'short for --format json')
    .option('--output <FILE>', 'write the report to a file instead of standard output')
    .addOption(new Option('--profile <profile>', 'the categories that count').choices(Object.keys(PROFILES)))
    .addOption(new Option('--fail-on <severity>', 'what makes the command fail (default: "error")').choices(['error', 'warn']))
    .option('--explain <RULE>', 'say what a rule finds, why, and what to do about it')
    .option('--rules', 'list every rule with its severities');
}

function parseFormat(text: string, earlier: readonly FormatChoice[] = []): readonly FormatChoice[] {
  const [name = '', ...rest] = text.split('=');
  if (!NAMES.includes(name as Format)) {
    const guess = nearest(name, NAMES);
    throw new InvalidArgumentError(`It is one of ${NAMES.join(', ')}.${guess === undefined ? '' : ` (Did you mean ${guess}?)`}`);
  }
  return [...earlier, { format: name as Format, ...(rest.length > 0 && { file: rest.join('=') }) }];
}

/** What `--explain` or `--rules` ask for; `undefined` if neither is there. */
export function answerAboutRules({ explain, rules }: ReportOptions): string | undefined {
  if (rules === true) return listRules();
  if (explain === undefined) return undefined;
  const ids = RULES.map(({ id }) => id);
  const found = ruleOf(explain) ?? ruleOf(explain.toUpperCase());
  if (found !== undefined) return explainRule(found.id);
  const guess = nearest(explain, ids);
  throw new CommandFailure(
    `there is no rule ${explain}${guess === undefined ? '' : ` (Did you mean ${guess}?)`}`,
    'list them: npx concord contract check --rules',
  );
}

/** Writes a report in every format that was asked for. Returns the exit code that its findings stand for. */
export function writeReport(report: Report, options: ReportOptions, io: Io): ExitCode {
  const asked = [...(options.format ?? []), ...(options.json === true ? [{ format: 'json' } as const] : [])];
  const different = new Map(asked.map((choice) => [JSON.stringify(choice), choice]));
  const choices: readonly FormatChoice[] = asked.length === 0 ? [{ format: 'text' }] : [...different.values()];
  const toOutput = choices.filter(({ file }) => file === undefined);
  if (toOutput.length > 1 && options.output !== undefined) {
    throw new CommandFailure(
      `--output ${options.output} is one file for ${toOutput.map(({ format }) => format).join(' and ')}`,
      'give each format a file of its own: --format sarif=out.sarif --format junit=out.xml',
    );
  }
  for (const { format, file = options.output } of choices) {
    const text = FORMATS[format](report);
    if (file === undefined) io.out(format === 'text' ? paint(text, io) : text);
    else writeFile(resolve(io.cwd, file), text, file);
    if (format === 'github' && io.env.GITHUB_STEP_SUMMARY) appendFileSync(io.env.GITHUB_STEP_SUMMARY, FORMATS.markdown(report));
  }
  return hasFailed(report.findings, options.failOn) ? EXIT.findings : EXIT.ok;
}

/** Writes a file that the user named. */
export function writeFile(path: string, text: string, shown: string): void {
  try {
    writeFileSync(path, text);
  } catch (thrown) {
    throw new CommandFailure(`cannot write ${shown}: ${(thrown as Error).message}`, 'name a file in a folder that exists');
  }
}
