/** `concord contract check`: checks the contract of a project. */
import { isAtLeast } from '@concord-rpc/evolution';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { addLoginOptions } from '../inputs/login-options';
import { addReportOptions, type ReportOptions } from '../inputs/report-options';
import type { LoginOptions } from '../live/nats-login';
import { locatorOf } from '../print/finding-locations';
import { ruleHelp } from '../print/rule-help';
import { writeSourceNotes } from '../print/source-notes';
import { writeReport } from '../print/write-report';
import { type Checked, checkProject } from '../project/check-project';
import { CONFIG_FILE } from '../project/config';
import { openProject } from '../project/project';

interface CheckOptions extends ReportOptions, LoginOptions {
  readonly against?: string;
}

/** Adds options and action to the command `check`. */
export function defineCheck(command: Command, run: Runner): void {
  command
    .description(
      `Check the contract of the project: its rules, the committed file against the code, every recorded release, and the changes since the baseline. Without modules, the command checks the committed file.`,
    )
    .argument('[entries...]', `modules that export the contract classes (default: "entries" of ${CONFIG_FILE})`)
    .option(
      '--against <ref>',
      'the baseline: a file, a git revision, release:KEY:VERSION, nats://HOST, or none (default: the merge base)',
    );
  addLoginOptions(addReportOptions(command)).action(run(runCheck));
}

async function runCheck(io: Io, entries: string[], options: CheckOptions): Promise<ExitCode> {
  const help = ruleHelp(options);
  if (help !== undefined) {
    io.out(help);
    return EXIT.ok;
  }
  const project = openProject(io, options);
  const { against, profile } = options;
  const checked = await checkProject(project, { entries, against, profile });
  if (checked.code === undefined)
    io.err(`note: the contract file was not compared with the code; name the modules, or set "entries" in ${CONFIG_FILE}\n`);
  else writeSourceNotes(project, checked.code, io);
  const { found, judgement, baseline } = checked;
  const report = {
    ...found,
    findings: judgement.findings,
    title: 'concord contract check',
    base: baseline?.name ?? 'none',
    ...locatorOf(project.committed() ?? { name: '', text: undefined }, { project, sources: checked.code?.sources }),
  };
  const failOn = options.failOn ?? project.config.failOn;
  const exitCode = writeReport(report, { ...options, failOn }, io);
  return exitCode === EXIT.findings && isOnlyStale(checked, failOn) ? EXIT.stale : exitCode;
}

function isOnlyStale({ judgement }: Checked, failOn: 'error' | 'warn' = 'error'): boolean {
  const failing = judgement.findings.filter(({ severity, approval }) => approval === undefined && isAtLeast(severity, failOn));
  return failing.every(({ rule }) => rule === 'SNAPSHOT_STALE');
}
