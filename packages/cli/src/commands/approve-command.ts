/** `concord contract approve`: approves an intended breaking change, in a file for review. */

import { join } from 'node:path';
import { type Approval, approve, type Finding, writeApprovals, writeSnapshot } from '@concord-rpc/evolution';
import type { Command } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { didYouMean } from '../console/did-you-mean';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { writeFile } from '../console/write-file';
import { addLoginOptions } from '../inputs/login-options';
import type { LoginOptions } from '../live/nats-login';
import { type Checked, checkProject } from '../project/check-project';
import { CONFIG_FILE } from '../project/config';
import { isDate, today } from '../project/dates';
import { openProject, type Project } from '../project/project';
import { rewriteReleases } from '../project/rewrite-releases';

interface ApproveOptions extends LoginOptions {
  readonly reason?: string;
  readonly until?: string;
  readonly by?: string;
  readonly prune?: boolean;
  readonly against?: string;
  readonly entries?: readonly string[];
}

/** One run of the command: its project, the result of the check, and the output. */
interface ApproveRun {
  readonly io: Io;
  readonly project: Project;
  readonly checked: Checked;
}

/** Adds options and action to the command `approve`. */
export function defineApprove(command: Command, run: Runner): void {
  addLoginOptions(command)
    .description(
      'Approve one finding of the check, for this change between these two versions only. If the finding breaks a recorded release, the command also rewrites the record of the release, reports it, and approves the rewrite.',
    )
    .argument('[fingerprint]', 'the twelve hexadecimal digits that the check prints')
    .option('--reason <text>', 'the reason for the approval (required)')
    .option('--until <date>', 'the last day of the approval, for example 2026-12-31 (default: no end)')
    .option('--by <name>', 'the person who approves (default: user.email of git)')
    .option('--prune', 'remove approvals that match no finding')
    .option('--against <ref>', 'the baseline, as for check (default: the merge base)')
    .option('--entries <modules...>', `modules that export the contract classes (default: "entries" of ${CONFIG_FILE})`)
    .action(run(runApprove));
}

async function runApprove(io: Io, fingerprint: string | undefined, options: ApproveOptions): Promise<ExitCode> {
  const project = openProject(io, options);
  if (fingerprint === undefined && options.prune !== true) {
    throw new CommandFailure(
      'approve needs the fingerprint of a finding',
      'list the fingerprints: npx @concord-rpc/cli contract check; or remove old approvals: --prune',
    );
  }
  const checked = await checkProject(project, { entries: options.entries ?? [], against: options.against });
  const stale = options.prune === true ? checked.judgement.stale : [];
  const current = project.approvals().filter((each) => !isIn(stale, each));
  const added = fingerprint === undefined ? [] : createApprovals({ io, project, checked }, fingerprint, options);
  const file = project.shown(project.approvalsFile);
  const others = current.filter((each) => !added.some((own) => own.rule === each.rule && own.path === each.path));
  writeFile(join(project.root, project.approvalsFile), writeApprovals([...others, ...added]), file);
  for (const { rule, path } of stale) io.out(`  ${file}: removed ${rule} at ${path}, which matched no finding\n`);
  for (const { rule, path, from, to, by } of added)
    io.out(`  ${file}: ${rule} at ${path}, ${from || '(none)'} → ${to || '(none)'}, by ${by}\n`);
  return EXIT.ok;
}

function isIn(approvals: readonly Approval[], one: Approval): boolean {
  return approvals.some(({ rule, path, fingerprint, from, to }) =>
    [rule === one.rule, path === one.path, fingerprint === one.fingerprint, from === one.from, to === one.to].every(Boolean),
  );
}

/** Creates the approval of a finding, and one for each release whose record it makes the command rewrite. */
function createApprovals(run: ApproveRun, fingerprint: string, options: ApproveOptions): readonly Approval[] {
  const { project, checked } = run;
  const grounds = requireGrounds(project, options);
  const { findings } = checked.judgement;
  const finding = findings.find((each) => each.fingerprint === fingerprint);
  if (finding === undefined) {
    const open = findings.filter(({ approval }) => approval === undefined).map((each) => each.fingerprint);
    throw new CommandFailure(
      `no finding of the check has the fingerprint ${fingerprint}${didYouMean(fingerprint, open)}`,
      'list the fingerprints: npx @concord-rpc/cli contract check --json',
    );
  }
  if (findings.some(({ rule }) => rule === 'SNAPSHOT_STALE')) {
    throw new CommandFailure(
      `${project.shown(project.contractFile)} differs from the code`,
      'write it first: npx @concord-rpc/cli contract snapshot',
      EXIT.stale,
    );
  }
  const rewritten = writeReleases(run, finding);
  const own = finding.rule === 'PROJECTION_BROKEN' ? [] : [approve(finding, grounds)];
  return [...own, ...rewritten.map((each) => approve(each, grounds))];
}

/** The reason, the person and the last day of an approval, checked. */
function requireGrounds(project: Project, { reason, until, by = project.git.setting('user.email') }: ApproveOptions) {
  if (reason === undefined || reason.trim() === '') throw new CommandFailure('an approval needs a reason', 'add: --reason "…"');
  if (by === undefined) {
    throw new CommandFailure(
      'an approval needs the person who approves; git has no user.email',
      'add: --by ann@example.org; or run: git config user.email ann@example.org',
    );
  }
  if (until !== undefined && !isDate(until))
    throw new CommandFailure(`--until ${until} is not a date`, 'write a date such as 2026-12-31');
  if (until !== undefined && until < today())
    throw new CommandFailure(`--until ${until} is in the past; today is ${today()}`, 'name a later date');
  return { reason, by, ...(until !== undefined && { until }) };
}

/** Writes the contract file with the releases that a finding breaks. Returns the findings that the rewrite causes. */
function writeReleases({ io, project, checked }: ApproveRun, finding: Finding): readonly Finding[] {
  const rewritten = rewriteReleases(project, checked, finding);
  if (rewritten === undefined) return [];
  const file = project.shown(project.contractFile);
  writeFile(join(project.root, project.contractFile), writeSnapshot(rewritten.contract), file);
  for (const { key, version, hash } of rewritten.releases) {
    const now = hash === undefined ? 'is no longer recorded' : `is now recorded as ${hash}`;
    io.out(`  ${file}: rewrote history: ${key} ${version} ${now}\n`);
  }
  return rewritten.findings;
}
