/** Checks the contract of a project: its rules, its file against the code, its releases, and its changes since the baseline. */
import type { ContractDocument } from '@concord-rpc/core';
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
} from '@concord-rpc/evolution';
import { readBaseline } from './baseline';
import { type CodeContract, readCodeContract } from './code-contract';
import { today } from './dates';
import { EMPTY_CONTRACT, type LoadedContract, type Project, requireCommitted } from './project';

/** The options of a check, over the settings of the project. */
export interface CheckQuestion {
  readonly entries: readonly string[];
  readonly against?: string;
  readonly profile?: Profile;
}

/** The result of a check. */
export interface Checked {
  /** The contract of the code; the committed contract if no modules are named. */
  readonly current: ContractDocument;
  readonly baseline: LoadedContract | undefined;
  readonly found: CheckResult;
  readonly judgement: Judgement;
  /** The contract of the code; `undefined` if no modules are named, so that the file could not be compared with the code. */
  readonly code: CodeContract | undefined;
}

/** Checks a project. */
export async function checkProject(project: Project, question: CheckQuestion): Promise<Checked> {
  const { config } = project;
  const settings = { ...config, profile: question.profile ?? config.profile };
  const code = await readCodeContract(project, project.entries(question.entries));
  const current = code?.snapshot ?? requireCommitted(project).snapshot;
  const baseline = await readBaseline(project, question.against, current);
  const found = joinFindings(
    lint(current, settings),
    checkReleases(current, settings),
    ...(code === undefined ? [] : [checkFreshness(project.committed()?.snapshot ?? EMPTY_CONTRACT, current, settings)]),
    ...(baseline === undefined ? [] : [diff(baseline.snapshot, current, settings)]),
  );
  const judgement = judge(found.findings, project.approvals(), today(), settings);
  return { current, baseline, found, judgement, code };
}
