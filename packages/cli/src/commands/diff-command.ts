/** `concord contract diff A B`: what changed between two contracts, and whom it hurts. */
import { diff } from '@concord-rpc/evolution';
import type { Command } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { locatorOf } from '../inputs/locate';
import { addReportOptions, answerAboutRules, type ReportOptions, writeReport } from '../inputs/report-options';
import { readSource } from '../project/contract-source';
import { openProject } from '../project/project';

/** Adds the command. */
export function addDiff(parent: Command, run: Runner): void {
  const command = parent
    .command('diff')
    .summary('what changed between two contracts, and whom it hurts')
    .description(
      'Compares two contracts. Each is a file, git:REV[:PATH], release:KEY:VERSION of the committed file,\nor nats://HOST[/KEY] for what a live fleet serves. Two files need no project around them.',
    )
    .argument('[before]', 'the contract as it was')
    .argument('[after]', 'the contract as it is');
  addReportOptions(command).action(
    run((io, before?: string, after?: string, options?: ReportOptions) => runDiff(io, before, after, options)),
  );
}

async function runDiff(io: Io, before?: string, after?: string, options: ReportOptions = {}): Promise<ExitCode> {
  const answer = answerAboutRules(options);
  if (answer !== undefined) {
    io.out(answer);
    return EXIT.ok;
  }
  if (before === undefined || after === undefined) {
    const missing = before === undefined ? 'two contracts' : `a second contract to compare ${before} with`;
    throw new CommandFailure(`diff needs ${missing}`, 'npx concord contract diff BEFORE AFTER');
  }
  const project = openProject(io);
  const isLive = /^(nats|tls):/.test(before);
  const second = isLive ? await readSource(after, { project }) : undefined;
  const old = await readSource(before, { project, known: second?.snapshot });
  const now = second ?? (await readSource(after, { project, known: old.snapshot }));
  const { config } = project;
  const found = diff(old.snapshot, now.snapshot, { ...config, profile: options.profile ?? config.profile });
  const report = { ...found, title: `concord contract diff ${now.name}`, base: old.name, ...locatorOf(now) };
  return writeReport(report, { ...options, failOn: options.failOn ?? config.failOn }, io);
}
