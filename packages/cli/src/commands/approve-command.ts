/** `concord contract approve`: accepts a break that is meant, in a file that is reviewed. */

import { join } from 'node:path';
import { type ContractDocument } from '@concord-rpc/core';
import { type Approval, approve, diff, type Finding, recordRelease, writeApprovals, writeSnapshot } from '@concord-rpc/evolution';
import type { Command } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import { nearest } from '../console/nearest';
import type { Runner } from '../console/runner';
import { writeFile } from '../inputs/report-options';
import { type Checked, checkProject, today } from '../project/check-project';
import { openProject, type Project } from '../project/project';

interface ApproveOptions {
  readonly reason?: string;
  readonly until?: string;
  readonly by?: string;
  readonly prune?: boolean;
  readonly against?: string;
  readonly entries?: readonly string[];
}

/** Adds the command. */
export function addApprove(parent: Command, run: Runner): void {
  parent
    .command('approve')
    .summary('accept a break that is meant')
    .description(
      'Writes an approval of one finding of the check, for the change between these two versions and no other. Where the\nfinding breaks what a release promised, the release is recorded anew; that is said, and approved with it.',
    )
    .argument('[fingerprint]', 'the twelve digits that the check tells')
    .option('--reason <text>', 'why it is meant')
    .option('--until <date>', 'the last day that the approval counts, such as 2026-12-31')
    .option('--by <name>', 'who approves (default: user.email of git)')
    .option('--prune', 'remove approvals that match nothing')
    .option('--against <ref>', 'the baseline, as for check')
    .option('--entries <modules...>', 'modules that export the contract classes, as for check')
    .action(run(runApprove));
}

async function runApprove(io: Io, fingerprint: string | undefined, options: ApproveOptions): Promise<ExitCode> {
  const project = openProject(io);
  if (fingerprint === undefined && options.prune !== true) {
    throw new CommandFailure('approve needs the fingerprint of a finding', 'npx concord contract check tells it; or: --prune');
  }
  const checked = await checkProject(project, { entries: options.entries ?? [], against: options.against });
  const stale = options.prune === true ? checked.judgement.stale : [];
  const kept = project.approvals().filter((each) => !isIn(stale, each));
  const added = fingerprint === undefined ? [] : approvalsOf(project, checked, fingerprint, options, io);
  const file = project.shown(project.approvalsFile);
  const others = kept.filter((each) => !added.some((own) => own.rule === each.rule && own.path === each.path));
  writeFile(join(project.root, project.approvalsFile), writeApprovals([...others, ...added]), file);
  for (const { rule, path } of stale) io.out(`  ${file}: removed ${rule} at ${path}, which matched nothing\n`);
  for (const { rule, path, from, to, by } of added)
    io.out(`  ${file}: ${rule} at ${path}, ${from || '(none)'} → ${to || '(none)'}, by ${by}\n`);
  return EXIT.ok;
}

function isIn(approvals: readonly Approval[], one: Approval): boolean {
  return approvals.some(({ rule, path, fingerprint, from, to }) =>
    [rule === one.rule, path === one.path, fingerprint === one.fingerprint, from === one.from, to === one.to].every(Boolean),
  );
}

/** The approval of a finding, and those of the releases that had to be recorded anew because of it. */
function approvalsOf(
  project: Project,
  checked: Checked,
  fingerprint: string,
  options: ApproveOptions,
  io: Io,
): readonly Approval[] {
  const why = whyOf(project, options);
  const { findings } = checked.judgement;
  const finding = findings.find((each) => each.fingerprint === fingerprint);
  if (finding === undefined) {
    const open = findings.filter(({ approval }) => approval === undefined).map((each) => each.fingerprint);
    const guess = nearest(fingerprint, open);
    throw new CommandFailure(
      `no finding of the check has the fingerprint ${fingerprint}${guess === undefined ? '' : ` (Did you mean ${guess}?)`}`,
      `npx concord contract check --json tells them`,
    );
  }
  if (finding.rule === 'SNAPSHOT_STALE' || findings.some(({ rule }) => rule === 'SNAPSHOT_STALE')) {
    throw new CommandFailure(
      `${project.shown(project.contractFile)} is not what the code says`,
      'write it first: npx concord contract snapshot',
      EXIT.stale,
    );
  }
  const rewritten = rewriteReleases(project, checked, finding, io);
  const own = finding.rule === 'PROJECTION_BROKEN' ? [] : [approve(finding, why)];
  return [...own, ...rewritten.map((each) => approve(each, why))];
}

function whyOf(project: Project, { reason, until, by = project.git.setting('user.email') }: ApproveOptions) {
  if (reason === undefined || reason.trim() === '') throw new CommandFailure('an approval has a reason', '--reason "…"');
  if (by === undefined)
    throw new CommandFailure('nobody is known who approves', '--by ann@example.org, or: git config user.email ann@example.org');
  if (until !== undefined && !isDay(until)) throw new CommandFailure(`--until ${until} is no day`, 'write it as 2026-12-31');
  if (until !== undefined && until < today())
    throw new CommandFailure(`--until ${until} is past: it is ${today()}`, 'name a day to come');
  return { reason, by, ...(until !== undefined && { until }) };
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Records anew the releases that a break makes unprovable. Returns the findings that this causes. */
function rewriteReleases(
  project: Project,
  { judgement, current, baseline }: Checked,
  finding: Finding,
  io: Io,
): readonly Finding[] {
  const broken = judgement.findings.filter(
    ({ rule, path, endpoints }) =>
      rule === 'PROJECTION_BROKEN' &&
      (finding.rule === rule
        ? path === finding.path
        : finding.bump === 'major' && endpoints.some((key) => finding.endpoints.includes(key))),
  );
  if (broken.length === 0) return [];
  const rewritten = broken.reduce((now, { path }) => recordedAnew(now, ...partsOf(path)), current);
  const file = project.shown(project.contractFile);
  writeFile(join(project.root, project.contractFile), writeSnapshot(rewritten), file);
  for (const { path } of broken) {
    const [key, version] = partsOf(path);
    const hash = rewritten.releases?.[key]?.[version];
    io.out(
      `  ${file}: rewrote history: ${key} ${version} is ${hash === undefined ? 'no longer recorded' : `recorded as ${hash}`}\n`,
    );
  }
  if (baseline === undefined) return [];
  const paths = new Set(broken.map(({ path }) => path));
  return diff(baseline.snapshot, rewritten, project.config).findings.filter(
    ({ rule, path }) => rule === 'HISTORY_REWRITTEN' && paths.has(path),
  );
}

/** A release as today's contract proves it; of an endpoint that is gone, none. */
function recordedAnew(snapshot: ContractDocument, key: string, version: string): ContractDocument {
  if (Object.hasOwn(snapshot.endpoints, key)) return recordRelease(snapshot, key, version);
  const { [key]: gone = {}, ...others } = snapshot.releases ?? {};
  const { [version]: _, ...rest } = gone;
  return { ...snapshot, releases: Object.keys(rest).length === 0 ? others : { ...others, [key]: rest } };
}

/** `L3Plugin@1#1.0` as key and version. */
function partsOf(path: string): [string, string] {
  const at = path.lastIndexOf('#');
  return [path.slice(0, at), path.slice(at + 1)];
}
