/** Tells, beside what a command answers, what is to be known of sources: that they were not read, and where types and decorators disagree. */
import { positionOf, sourceMismatches, textsOf } from '@concord-rpc/sources';
import type { Io } from '../console/io';
import type { CodeContract } from '../project/code-contract';
import type { Project } from '../project/project';

/** How many disagreements are told: of more of them, the rest look like these. */
const MOST = 20;

/** Writes each disagreement with its place and what to write instead. */
export function tellAboutSources(project: Project, { snapshot, sources, unread }: CodeContract, io: Io): void {
  if (unread !== undefined) io.err(`note: without defaults and prose, as the sources cannot be read: ${unread}\n`);
  const textOf = textsOf();
  const found = sourceMismatches(snapshot, sources);
  for (const { range, message, fix } of found.slice(0, MOST)) {
    const { file, line, column } = positionOf(range, textOf(range.file));
    io.err(`warning: ${project.shown(file)}:${line}:${column}  ${message}\n  fix: ${fix}\n`);
  }
  if (found.length > MOST) io.err(`… and ${found.length - MOST} more of this sort\n`);
  if (found.some(({ edits }) => edits.length > 0)) io.err('as a patch: npx concord contract snapshot --suggest\n');
}
