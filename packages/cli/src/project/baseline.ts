/** What a check compares with: a contract that was named, or that of the commit where the branch began. */
import { existsSync } from 'node:fs';
import { type ContractDocument } from '@concord-rpc/core';
import { CommandFailure } from '../console/command-failure';
import { isExplicit, readAtRevision, readSource } from './contract-source';
import type { Project, ReadContract } from './project';

/** The name that stands for no baseline. */
export const NO_BASELINE = 'none';

const USUAL_BASES = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];
const NOTHING: ContractDocument = { contract: 1, endpoints: {} };

/**
 * The baseline of a check. `undefined` where none is wanted. A revision from before the contract file is compared with as having no endpoint.
 *
 * @throws CommandFailure if there is none, or none of the name given.
 */
export async function readBaseline(
  project: Project,
  against: string | undefined,
  known: ContractDocument,
): Promise<ReadContract | undefined> {
  if (against === NO_BASELINE) return undefined;
  if (against === undefined) return atMergeBase(project);
  if (isExplicit(against) || existsSync(project.given(against))) return readSource(against, { project, known });
  if (project.git.commitOf(against) === undefined) {
    throw new CommandFailure(
      `--against ${against}: there is no file and no git revision of this name`,
      'name a contract file, a revision, release:KEY:VERSION, or none',
    );
  }
  return atRevision(project, against, against);
}

function atMergeBase(project: Project): ReadContract {
  const { git, config } = project;
  const base = config.base ?? USUAL_BASES.find((each) => git.commitOf(each) !== undefined);
  const commit = base === undefined ? undefined : git.mergeBase(base);
  if (commit === undefined) {
    const what = base === undefined ? 'there is no git branch to compare with' : `there is no merge base with ${base}`;
    throw new CommandFailure(
      what,
      `name a contract file or a revision: --against REF; or none, to check the contract by itself: --against ${NO_BASELINE}\nin CI, fetch the whole history; the branch is "base" in concord.config.json`,
    );
  }
  return atRevision(project, commit, `${commit.slice(0, 7)} (merge base with ${base})`);
}

function atRevision(project: Project, revision: string, name: string): ReadContract {
  const read = readAtRevision(project, revision, project.contractFile, name);
  return read ?? { snapshot: NOTHING, name: `${name}, which has no ${project.contractFile}` };
}
