/** `concord contract snapshot --suggest`: a patch of the sources that says what is missing in them. */
import { type Edit, patchOf, sourceMismatches, suggestionsFor } from '@concord-rpc/sources';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import { NO_BASELINE } from './baseline';
import { checkProject } from './check-project';
import type { Project } from './project';

/** What to suggest for. */
export interface SuggestQuestion {
  readonly entries: readonly string[];
  readonly against?: string;
}

/** Writes the patch, and beside it what it is about. */
export async function suggest(io: Io, project: Project, { entries, against }: SuggestQuestion): Promise<ExitCode> {
  const { current, code, judgement } = await checkProject(project, { entries, against: against ?? usualBaseline(project) });
  const sources = code?.sources;
  if (sources === undefined || sources.size === 0) {
    throw new CommandFailure(
      'there are no sources to suggest anything in',
      'name modules of TypeScript, or compile them with source maps; the project needs the package typescript',
    );
  }
  const findings = judgement.findings.filter(({ approval }) => approval === undefined);
  const suggestions = suggestionsFor({ findings, code: current, sources });
  const disagreements = sourceMismatches(current, sources).filter(({ edits }) => edits.length > 0);
  for (const { finding } of suggestions) io.err(`${finding.rule} ${finding.path}\n`);
  for (const { path, message } of disagreements) io.err(`${path}: ${message}\n`);
  const edits: readonly Edit[] = [...suggestions, ...disagreements].flatMap((each) => each.edits);
  const patch = patchOf(edits, (file) => project.shown(file).replaceAll('\\', '/'));
  if (patch === '') io.err('nothing to suggest\n');
  else io.out(patch);
  return EXIT.ok;
}

/** The merge base where there is git; else the contract file as it was written last. */
function usualBaseline({ git, committed, contractFile, root }: Project): string | undefined {
  if (git.commitOf('HEAD') !== undefined) return undefined;
  return committed() === undefined ? NO_BASELINE : `${root}/${contractFile}`;
}
