/** Writes a report of findings: to standard output, to files, and to the job summary of GitHub. */
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { FORMATS, hasFailed, type Report } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import { paint } from '../console/paint';
import { writeFile } from '../console/write-file';
import type { FormatChoice, ReportOptions } from '../inputs/report-options';

/**
 * Writes a report in every format of the options. Returns exit code 1 for findings at or above `--fail-on`, else 0.
 *
 * @throws CommandFailure if a file cannot be written, or `--output` names one file for several formats.
 */
export function writeReport(report: Report, options: ReportOptions, io: Io): ExitCode {
  const asked = [...(options.format ?? []), ...(options.json === true ? [{ format: 'json' } as const] : [])];
  const different = new Map(asked.map((choice) => [JSON.stringify(choice), choice]));
  const choices: readonly FormatChoice[] = asked.length === 0 ? [{ format: 'text' }] : [...different.values()];
  const toOutput = choices.filter(({ file }) => file === undefined);
  if (toOutput.length > 1 && options.output !== undefined) {
    throw new CommandFailure(
      `--output ${options.output} is one file for the formats ${toOutput.map(({ format }) => format).join(' and ')}`,
      'name one file per format: --format sarif=out.sarif --format junit=out.xml',
    );
  }
  for (const { format, file = options.output } of choices) {
    const text = FORMATS[format](report);
    if (file === undefined)
      io.out(format === 'text' ? paint(text, io) : text, format === 'json' || format === 'sarif' ? 'data' : undefined);
    else writeFile(resolve(io.cwd, file), text, file);
    if (format === 'github' && io.env.GITHUB_STEP_SUMMARY) appendFileSync(io.env.GITHUB_STEP_SUMMARY, FORMATS.markdown(report));
  }
  return hasFailed(report.findings, options.failOn) ? EXIT.findings : EXIT.ok;
}
