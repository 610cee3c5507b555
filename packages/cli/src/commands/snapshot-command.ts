/** `concord contract snapshot`: writes what the code says as the contract file, or says whether the file is that. */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ContractDocument } from '@concord-rpc/core';
import { checkFreshness, recordRelease, releaseHash, writeSnapshot } from '@concord-rpc/evolution';
import type { Command } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import { nearest } from '../console/nearest';
import type { Runner } from '../console/runner';
import { writeFile } from '../inputs/report-options';
import { countLines } from '../print/line-count';
import { tellAboutSources } from '../print/tell-about-sources';
import { codeContract } from '../project/check-project';
import { CONFIG_FILE } from '../project/config';
import { openProject, type Project } from '../project/project';
import { changesText, countsOf, stalenessText } from '../project/snapshot-changes';
import { suggest } from '../project/suggest';

interface SnapshotOptions {
  readonly check?: boolean;
  readonly release?: readonly string[];
  readonly suggest?: boolean;
  readonly against?: string;
}

const NOTHING: ContractDocument = { contract: 1, endpoints: {} };

/** Adds the command. */
export function addSnapshot(parent: Command, run: Runner): void {
  parent
    .command('snapshot')
    .summary('write what the code says as the contract file')
    .description(
      `Loads the modules, finds the classes with @Endpoint that they export, and writes their contract. What changed since\nthe last release is recorded as it was. Modules default to "entries" of ${CONFIG_FILE}; they are JavaScript, or\nTypeScript where the project has @swc/core.`,
    )
    .argument('[entries...]', 'modules that export the contract classes')
    .option('--check', 'write nothing; exit code 3 if the file is not what the code says')
    .option('--release <KEY...>', 'record the present version of endpoints as released')
    .option('--suggest', 'write no file, but a patch of the sources: what is missing in them since the merge base')
    .option('--against <ref>', 'with --suggest: another baseline, as check has it')
    .action(run(runSnapshot));
}

async function runSnapshot(io: Io, given: string[], options: SnapshotOptions): Promise<ExitCode> {
  const project = openProject(io);
  const started = performance.now();
  const entries = project.entries(given);
  if (options.suggest === true && entries.length > 0) return suggest(io, project, { entries, against: options.against });
  const read = await codeContract(project, entries);
  if (read === undefined) {
    throw new CommandFailure('no modules are named', `npx concord contract snapshot dist/api.js, or "entries" in ${CONFIG_FILE}`);
  }
  const { snapshot: code } = read;
  const committed = project.committed();
  tellAboutSources(project, read, io);
  if (options.check === true) return checkFile(io, project, committed?.snapshot, code);
  // what is not watched is compared: nothing there that is another every time
  const took = io.isTerminal ? ` · ${((performance.now() - started) / 1000).toFixed(1)} s` : '';
  io.out(`  ${countsOf(code)}${took}\n`);
  io.out(changesText(committed?.snapshot ?? NOTHING, code));
  const released = (options.release ?? []).reduce((now, key) => releaseOf(now, key, io), code);
  const text = writeSnapshot(released);
  const file = project.shown(project.contractFile);
  if (committed?.text === text) {
    io.out(`  ${file} is up to date\n`);
    return EXIT.ok;
  }
  mkdirSync(dirname(join(project.root, project.contractFile)), { recursive: true });
  writeFile(join(project.root, project.contractFile), text, file);
  const { added, removed } = countLines(committed?.text ?? '', text);
  io.out(`  wrote ${file} (+${added} −${removed})\n`);
  return EXIT.ok;
}

function checkFile(io: Io, project: Project, committed: ContractDocument | undefined, code: ContractDocument): ExitCode {
  const file = project.shown(project.contractFile);
  if (committed !== undefined && checkFreshness(committed, code).findings.length === 0) {
    io.out(`${file} is what the code says: ${countsOf(code)}\n`);
    return EXIT.ok;
  }
  const what = committed === undefined ? `there is no ${file}` : `${file} is not what the code says`;
  io.out(`SNAPSHOT_STALE  ${what}\n${stalenessText(committed ?? NOTHING, code)}run: npx concord contract snapshot\n`);
  return EXIT.stale;
}

/** The contract with the present version of an endpoint recorded as released. A version is released once. */
function releaseOf(snapshot: ContractDocument, key: string, io: Io): ContractDocument {
  const endpoint = snapshot.endpoints[key];
  if (endpoint === undefined) {
    const keys = Object.keys(snapshot.endpoints);
    const guess = nearest(key, keys);
    throw new CommandFailure(
      `there is no endpoint ${key}${guess === undefined ? '' : ` (Did you mean ${guess}?)`}`,
      `there are: ${keys.join(', ')}`,
    );
  }
  const { version } = endpoint;
  const hash = releaseHash(snapshot, key, version)!;
  const known = snapshot.releases?.[key]?.[version];
  if (known !== undefined && known !== hash) {
    throw new CommandFailure(
      `${key} ${version} is released as ${known}, and would be ${hash} now: a released version does not change`,
      `raise the version of @Endpoint; what changed: npx concord contract check`,
      EXIT.findings,
    );
  }
  io.out(`  ${key} ${version}  ${hash}\n`);
  return recordRelease(snapshot, key);
}
