/** `concord init`: adds what Concord needs to a project that exists, and says what is left to do. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import { counted } from '../console/plural';
import type { Runner } from '../console/runner';
import { examplesText } from '../inputs/live-options';
import { plainJson } from '../plain/plain-json';
import { type FileChange, planFor } from './plan';
import { readProject } from './project-facts';

interface InitOptions {
  readonly entries?: readonly string[];
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Adds options and action to the command `init`. */
export function defineInit(command: Command, run: Runner): void {
  command
    .description(
      'Prepare the project in this folder for Concord: settings of the command, scripts of package.json, and compiler options for decorators. It prints what it changes as a diff, and the steps that are left. It adds what is missing, and changes and removes nothing: run it as often as you like. For a new project: npm create @concord-rpc.',
    )
    .option('--entries <FILES...>', 'the modules that export contracts (default: those with @Endpoint, else src/contracts.ts)')
    .option('--dry-run', 'print the changes, and write nothing')
    .option('--json', 'print JSON')
    .addHelpText('after', examplesText(['init --dry-run', 'init', 'init --entries src/ports.ts src/agents.ts']))
    .action(run(init));
}

function init(io: Io, { entries, dryRun = false, json = false }: InitOptions): ExitCode {
  const { changes, steps } = planFor(readProject(io.cwd), entries);
  if (!dryRun) for (const change of changes) write(io.cwd, change);
  if (json) {
    io.out(
      `${plainJson({ written: !dryRun, changes: changes.map(({ file, after }) => ({ file, text: after })), steps }, 2)}\n`,
      'data',
    );
    return EXIT.ok;
  }
  for (const change of changes) io.out(patchOf(change), 'data');
  const verb = dryRun ? 'would change' : 'changed';
  io.out(changes.length === 0 ? 'nothing to change\n' : `${verb} ${counted(changes.length, 'file')}\n`);
  if (steps.length > 0) io.out(`\nto do\n${steps.map((step, index) => `  ${index + 1}. ${step}\n`).join('')}`);
  return EXIT.ok;
}

function write(root: string, { file, before, after }: FileChange): void {
  try {
    // a file that has come into being meanwhile is not overwritten
    writeFileSync(join(root, file), after, { flag: before === '' ? 'wx' : 'w' });
  } catch (thrown) {
    throw new CommandFailure(`cannot write ${file}: ${(thrown as Error).message}`, 'make it writable, and run the command again');
  }
}

function patchOf({ file, before, after }: FileChange): string {
  const [from, to] = [before === '' ? '/dev/null' : `a/${file}`, `b/${file}`];
  return createTwoFilesPatch(from, to, before, after, undefined, undefined, { context: 3, headerOptions: FILE_HEADERS_ONLY });
}
