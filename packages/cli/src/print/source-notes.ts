/** Notes on sources, on standard error: sources that were not read, and types that differ from their decorators. */
import { positionOf, sourceMismatches, textsOf } from '@concord-rpc/sources';
import type { Io } from '../console/io';
import type { CodeContract } from '../project/code-contract';
import type { Project } from '../project/project';

/** The number of differences that are listed in full. */
const MOST = 20;

/** Writes one warning per difference, with its location and its fix. */
export function writeSourceNotes(project: Project, { snapshot, sources, unread }: CodeContract, io: Io): void {
  if (unread !== undefined)
    io.err(`note: default values and doc comments are missing, because the sources cannot be read: ${unread}\n`);
  const textOf = textsOf();
  const found = sourceMismatches(snapshot, sources);
  for (const { range, message, fix } of found.slice(0, MOST)) {
    const { file, line, column } = positionOf(range, textOf(range.file));
    io.err(`warning: ${project.shown(file)}:${line}:${column}  ${message}\n  fix: ${fix}\n`);
  }
  if (found.length > MOST) io.err(`… and ${found.length - MOST} more warnings\n`);
  if (found.some(({ edits }) => edits.length > 0))
    io.err('print the fixes as a patch: npx @concord-rpc/cli contract snapshot --suggest\n');
}
