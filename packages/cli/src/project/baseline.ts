/** The baseline of a check: a contract that the user named, or the one at the merge base of the branch. */
import { existsSync } from 'node:fs';
import type { ContractDocument } from '@concord-rpc/core';
import { CommandFailure } from '../console/command-failure';
import { shownName } from '../console/safe-text';
import { isExplicit, readAtRevision, readSource } from './contract-source';
import { EMPTY_CONTRACT, type LoadedContract, type Project } from './project';

/** The value of `--against` for a check without baseline. */
export const NO_BASELINE = 'none';

const USUAL_BASES = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];

/**
 * Reads the baseline of a check; `undefined` for `none`. A revision without contract file counts as a contract without endpoints.
 *
 * @throws CommandFailure if the named baseline does not exist, or if none is named and git has no merge base.
 */
export async function readBaseline(
  project: Project,
  against: string | undefined,
  known: ContractDocument,
): Promise<LoadedContract | undefined> {
  if (against === NO_BASELINE) return undefined;
  if (against === undefined) return atMergeBase(project);
  if (isExplicit(against) || existsSync(project.given(against))) return readSource(against, { project, known });
  if (project.git.commitOf(against) === undefined) {
    throw new CommandFailure(
      `--against ${shownName(against)}: no file and no git revision has this name`,
      'name a contract file, a revision, release:KEY:VERSION, or none',
    );
  }
  return atRevision(project, against, against);
}

function atMergeBase(project: Project): LoadedContract {
  const { git, config } = project;
  const base = config.base ?? USUAL_BASES.find((each) => git.commitOf(each) !== undefined);
  const commit = base === undefined ? undefined : git.mergeBase(base);
  if (commit === undefined) {
    throw new CommandFailure(
      base === undefined ? `git has no branch of ${USUAL_BASES.join(', ')}` : `git has no merge base of HEAD and ${base}`,
      `name a baseline: --against FILE or --against REVISION; or check without one: --against ${NO_BASELINE}\nin CI, fetch the whole history; set the branch as "base" in concord.config.json`,
    );
  }
  return atRevision(project, commit, `${commit.slice(0, 7)} (merge base with ${base})`);
}

function atRevision(project: Project, revision: string, name: string): LoadedContract {
  const read = readAtRevision(project, revision, project.contractFile, name);
  return read ?? { snapshot: EMPTY_CONTRACT, name: `${name}, which has no ${project.contractFile}` };
}
