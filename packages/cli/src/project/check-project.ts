/** Everything that is checked of a project's contract: its rules, its freshness, its releases, what changed since the baseline. */
import { type ContractDocument } from '@concord-rpc/core';
import {
  type CheckResult,
  checkFreshness,
  checkReleases,
  diff,
  type Judgement,
  joinFindings,
  judge,
  lint,
  type Profile,
  withHistory,
} from '@concord-rpc/evolution';
import { readBaseline } from './baseline';
import { type CodeContract, contractOfCode } from './code-contract';
import { type Project, type ReadContract, requireCommitted } from './project';

/** What to check, beyond what the project's settings say. */
export interface CheckQuestion {
  readonly entries: readonly string[];
  readonly against?: string;
  readonly profile?: Profile;
}

/** What a check found. */
export interface Checked {
  /** The contract that was checked: that of the code, or the committed one where no modules are known. */
  readonly current: ContractDocument;
  readonly baseline: ReadContract | undefined;
  readonly found: CheckResult;
  readonly judgement: Judgement;
  /** What the code says; `undefined` where no modules are known, and so nobody knows whether the file is fresh. */
  readonly code: CodeContract | undefined;
}

const NOTHING: ContractDocument = { contract: 1, endpoints: {} };

/** Checks a project. */
export async function checkProject(project: Project, question: CheckQuestion): Promise<Checked> {
  const { config } = project;
  const settings = { ...config, profile: question.profile ?? config.profile };
  const code = await codeContract(project, project.entries(question.entries));
  const current = code?.snapshot ?? requireCommitted(project).snapshot;
  const baseline = await readBaseline(project, question.against, current);
  const found = joinFindings(
    lint(current, settings),
    checkReleases(current, settings),
    ...(code === undefined ? [] : [checkFreshness(project.committed()?.snapshot ?? NOTHING, current, settings)]),
    ...(baseline === undefined ? [] : [diff(baseline.snapshot, current, settings)]),
  );
  const judgement = judge(found.findings, project.approvals(), today(), settings);
  return { current, baseline, found, judgement, code };
}

/** The contract of the code as the contract file should say it; `undefined` if no modules are known. */
export async function codeContract(project: Project, entries: readonly string[]): Promise<CodeContract | undefined> {
  if (entries.length === 0) return undefined;
  const code = await contractOfCode(project, entries);
  return { ...code, snapshot: withHistory(project.committed()?.snapshot ?? NOTHING, code.snapshot) };
}

/** The day, as approvals write it. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
