/** `concord contract diff BEFORE AFTER`: compares two contracts. */
import { diff } from '@concord-rpc/evolution';
import type { Command } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { addLoginOptions } from '../inputs/login-options';
import { addReportOptions, type ReportOptions } from '../inputs/report-options';
import type { LoginOptions } from '../live/nats-login';
import { locatorOf } from '../print/finding-locations';
import { ruleHelp } from '../print/rule-help';
import { writeReport } from '../print/write-report';
import { readSource } from '../project/contract-source';
import { openProject } from '../project/project';

type DiffOptions = ReportOptions & LoginOptions;

/** Adds options and action to the command `diff`. */
export function defineDiff(command: Command, run: Runner): void {
  command
    .description(
      'Compare two contracts, and report each change with its harm and its fix. A contract is a file, git:REV[:PATH], release:KEY:VERSION of the committed file, or nats://HOST[/KEY] for the newest servers of a live fleet. Two files need no project.',
    )
    .argument('[before]', 'the old contract')
    .argument('[after]', 'the new contract');
  addLoginOptions(addReportOptions(command)).action(
    run((io, before?: string, after?: string, options?: DiffOptions) => runDiff(io, before, after, options)),
  );
}

async function runDiff(io: Io, before?: string, after?: string, options: DiffOptions = {}): Promise<ExitCode> {
  const help = ruleHelp(options);
  if (help !== undefined) {
    io.out(help);
    return EXIT.ok;
  }
  if (before === undefined || after === undefined) {
    const missing = before === undefined ? 'two contracts' : `a second contract to compare with ${before}`;
    throw new CommandFailure(`diff needs ${missing}`, 'npx @concord-rpc/cli contract diff BEFORE AFTER');
  }
  const project = openProject(io, options);
  const isLive = /^(nats|tls):/.test(before);
  const second = isLive ? await readSource(after, { project }) : undefined;
  const old = await readSource(before, { project, known: second?.snapshot });
  const now = second ?? (await readSource(after, { project, known: old.snapshot }));
  const { config } = project;
  const found = diff(old.snapshot, now.snapshot, { ...config, profile: options.profile ?? config.profile });
  const report = { ...found, title: `concord contract diff ${now.name}`, base: old.name, ...locatorOf(now) };
  return writeReport(report, { ...options, failOn: options.failOn ?? config.failOn }, io);
}
