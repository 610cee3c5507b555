/** `concord contract check`: whether the project's contract keeps what it promised. */
import { isAtLeast } from '@concord-rpc/evolution';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { locatorOf } from '../inputs/locate';
import { addReportOptions, answerAboutRules, type ReportOptions, writeReport } from '../inputs/report-options';
import { tellAboutSources } from '../print/tell-about-sources';
import { type Checked, checkProject } from '../project/check-project';
import { CONFIG_FILE } from '../project/config';
import { openProject } from '../project/project';

interface CheckOptions extends ReportOptions {
  readonly against?: string;
}

/** Adds the command. */
export function addCheck(parent: Command, run: Runner): void {
  const command = parent
    .command('check')
    .summary('whether the contract keeps what it promised')
    .description(
      `Checks the project's contract: its own rules, whether the committed file is what the code says, every recorded\nrelease, and what changed since the merge base. Modules default to "entries" of ${CONFIG_FILE}; without any, the\ncommitted file is checked.`,
    )
    .argument('[entries...]', 'modules that export the contract classes')
    .option('--against <ref>', 'another baseline: a file, a git revision, release:KEY:VERSION, nats://HOST, or none');
  addReportOptions(command).action(run(runCheck));
}

async function runCheck(io: Io, entries: string[], options: CheckOptions): Promise<ExitCode> {
  const answer = answerAboutRules(options);
  if (answer !== undefined) {
    io.out(answer);
    return EXIT.ok;
  }
  const project = openProject(io);
  const { against, profile } = options;
  const checked = await checkProject(project, { entries, against, profile });
  if (checked.code === undefined)
    io.err(`note: freshness was not checked: name the modules, or put "entries" into ${CONFIG_FILE}\n`);
  else tellAboutSources(project, checked.code, io);
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
