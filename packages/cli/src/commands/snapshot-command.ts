/** `concord contract snapshot`: writes the contract of the code to the contract file, or compares the two. */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ContractDocument } from '@concord-rpc/core';
import { checkFreshness, recordRelease, releaseHash, writeSnapshot } from '@concord-rpc/evolution';
import type { Command } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { didYouMean } from '../console/did-you-mean';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { writeFile } from '../console/write-file';
import { countChangedLines } from '../print/changed-lines';
import { changesText, countsText, differencesText } from '../print/contract-changes';
import { writeSourceNotes } from '../print/source-notes';
import { readCodeContract } from '../project/code-contract';
import { CONFIG_FILE } from '../project/config';
import { EMPTY_CONTRACT, openProject, type Project } from '../project/project';
import { suggest } from './snapshot-suggest';

interface SnapshotOptions {
  readonly check?: boolean;
  readonly release?: readonly string[];
  readonly suggest?: boolean;
  readonly against?: string;
}

/** Adds options and action to the command `snapshot`. */
export function defineSnapshot(command: Command, run: Runner): void {
  command
    .description(
      'Load the modules, find their exported classes with @Endpoint, and write the contract of these classes to the contract file. The file also records the earlier form of each changed element. Modules are JavaScript, or TypeScript if the project has @swc/core.',
    )
    .argument('[entries...]', `modules that export the contract classes (default: "entries" of ${CONFIG_FILE})`)
    .option('--check', 'write no file; exit code 3 if the file differs from the code')
    .option('--release <KEY...>', 'record the current version of endpoints as released')
    .option('--suggest', 'write no file; print a patch that adds missing decorators and marks to the sources')
    .option('--against <ref>', 'with --suggest: the baseline, as for check (default: the merge base)')
    .action(run(runSnapshot));
}

async function runSnapshot(io: Io, given: string[], options: SnapshotOptions): Promise<ExitCode> {
  const project = openProject(io);
  const started = performance.now();
  const entries = project.entries(given);
  if (options.suggest === true && entries.length > 0) return suggest(io, project, { entries, against: options.against });
  const read = await readCodeContract(project, entries);
  if (read === undefined) {
    throw new CommandFailure(
      'no modules are named',
      `name them: npx @concord-rpc/cli contract snapshot dist/api.js; or set "entries" in ${CONFIG_FILE}`,
    );
  }
  const { snapshot: code } = read;
  const committed = project.committed();
  writeSourceNotes(project, read, io);
  if (options.check === true) return checkFile(io, project, committed?.snapshot, code);
  // output to a pipe may be compared, so that it contains no time
  const took = io.isTerminal ? ` · ${((performance.now() - started) / 1000).toFixed(1)} s` : '';
  io.out(`  ${countsText(code)}${took}\n`);
  io.out(changesText(committed?.snapshot ?? EMPTY_CONTRACT, code));
  const released = (options.release ?? []).reduce((now, key) => releaseOf(now, key, io), code);
  const text = writeSnapshot(released);
  const file = project.shown(project.contractFile);
  if (committed?.text === text) {
    io.out(`  ${file} is up to date\n`);
    return EXIT.ok;
  }
  mkdirSync(dirname(join(project.root, project.contractFile)), { recursive: true });
  writeFile(join(project.root, project.contractFile), text, file);
  const { added, removed } = countChangedLines(committed?.text ?? '', text);
  io.out(`  wrote ${file} (+${added} −${removed})\n`);
  return EXIT.ok;
}

function checkFile(io: Io, project: Project, committed: ContractDocument | undefined, code: ContractDocument): ExitCode {
  const file = project.shown(project.contractFile);
  if (committed !== undefined && checkFreshness(committed, code).findings.length === 0) {
    io.out(`${file} matches the code: ${countsText(code)}\n`);
    return EXIT.ok;
  }
  const what = committed === undefined ? `${file} does not exist` : `${file} differs from the code`;
  io.out(
    `SNAPSHOT_STALE  ${what}\n${differencesText(committed ?? EMPTY_CONTRACT, code)}run: npx @concord-rpc/cli contract snapshot\n`,
  );
  return EXIT.stale;
}

/** Records the current version of an endpoint as released. A version can be released only once. */
function releaseOf(snapshot: ContractDocument, key: string, io: Io): ContractDocument {
  const endpoint = snapshot.endpoints[key];
  if (endpoint === undefined) {
    const keys = Object.keys(snapshot.endpoints);
    throw new CommandFailure(`the code has no endpoint ${key}${didYouMean(key, keys)}`, `its endpoints: ${keys.join(', ')}`);
  }
  const { version } = endpoint;
  const hash = releaseHash(snapshot, key, version)!;
  const known = snapshot.releases?.[key]?.[version];
  if (known !== undefined && known !== hash) {
    throw new CommandFailure(
      `${key} ${version} is released with the hash ${known}; the code now has the hash ${hash}`,
      'raise the version of @Endpoint; list the changes: npx @concord-rpc/cli contract check',
      EXIT.findings,
    );
  }
  io.out(`  ${key} ${version}  ${hash}\n`);
  return recordRelease(snapshot, key);
}
