/** `concord contract snapshot --suggest`: prints a patch that adds missing decorators and marks to the sources. */
import { type Edit, patchOf, sourceMismatches, suggestionsFor } from '@concord-rpc/sources';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import { NO_BASELINE } from '../project/baseline';
import { checkProject } from '../project/check-project';
import type { Project } from '../project/project';

/** The modules, and the baseline if it is not the usual one. */
export interface SuggestQuestion {
  readonly entries: readonly string[];
  readonly against?: string;
}

/**
 * Writes the patch to standard output, and the findings and differences that it fixes to standard error.
 *
 * @throws CommandFailure if the sources of the modules cannot be read.
 */
export async function suggest(io: Io, project: Project, { entries, against }: SuggestQuestion): Promise<ExitCode> {
  const { current, code, judgement } = await checkProject(project, { entries, against: against ?? usualBaseline(project) });
  const sources = code?.sources;
  if (sources === undefined || sources.size === 0) {
    throw new CommandFailure(
      'no sources were found for the modules',
      'name TypeScript modules, or compile them with source maps; install the package typescript in the project',
    );
  }
  const findings = judgement.findings.filter(({ approval }) => approval === undefined);
  const suggestions = suggestionsFor({ findings, code: current, sources });
  const disagreements = sourceMismatches(current, sources).filter(({ edits }) => edits.length > 0);
  for (const { finding } of suggestions) io.err(`${finding.rule} ${finding.path}\n`);
  for (const { path, message } of disagreements) io.err(`${path}: ${message}\n`);
  const edits: readonly Edit[] = [...suggestions, ...disagreements].flatMap((each) => each.edits);
  const patch = patchOf(edits, (file) => project.shown(file).replaceAll('\\', '/'));
  if (patch === '') io.err('no suggestion\n');
  else io.out(patch, 'data');
  return EXIT.ok;
}

/** `undefined`, which stands for the merge base, in a git repository; else the committed contract file. */
function usualBaseline({ git, committed, contractFile, root }: Project): string | undefined {
  if (git.commitOf('HEAD') !== undefined) return undefined;
  return committed() === undefined ? NO_BASELINE : `${root}/${contractFile}`;
}
