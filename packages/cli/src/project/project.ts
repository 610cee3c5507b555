/** The project that a command runs in: its settings, its files, its git. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { type ContractDocument } from '@concord-rpc/core';
import { type Approval, parseApprovals, parseSnapshot } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import type { Io } from '../console/io';
import { type Config, readConfig } from './config';
import { type Git, gitIn } from './git';

/** A contract that was read, with what it is called in reports and, if it is a file, where it stands. */
export interface ReadContract {
  readonly snapshot: ContractDocument;
  readonly name: string;
  readonly text?: string;
}

/** A project. */
export interface Project {
  readonly root: string;
  readonly config: Config;
  readonly git: Git;
  /** The committed contract file and the approvals, from the root. */
  readonly contractFile: string;
  readonly approvalsFile: string;
  /** A path of the project as the user sees it from where the command runs. */
  shown(path: string): string;
  /** The absolute path of a file that was named from where the command runs. */
  given(path: string): string;
  /** Modules that were named from where the command runs, or those of the settings; from the root. */
  entries(given?: readonly string[]): readonly string[];
  /** The committed contract; `undefined` if there is none yet. */
  committed(): ReadContract | undefined;
  approvals(): readonly Approval[];
}

/** The project that holds a command's folder. */
export function openProject({ cwd }: Pick<Io, 'cwd'>): Project {
  const { root, config } = readConfig(cwd);
  const contractFile = config.contract ?? 'concord.contract.json';
  const approvalsFile = config.approvals ?? join(dirname(contractFile), 'concord.approvals.json');
  const shown = (path: string) => relative(cwd, resolve(root, path)) || '.';
  const textOf = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined);
  return {
    root,
    config,
    git: gitIn(root),
    contractFile,
    approvalsFile,
    shown,
    given: (path) => resolve(cwd, path),
    entries: (given = []) =>
      given.length > 0 ? given.map((path) => relative(root, resolve(cwd, path))) : (config.entries ?? []),
    committed: () => {
      const text = textOf(contractFile);
      const name = shown(contractFile);
      return text === undefined ? undefined : { snapshot: parseSnapshot(text, name), name, text };
    },
    approvals: () => {
      const text = textOf(approvalsFile);
      return text === undefined ? [] : parseApprovals(text, shown(approvalsFile));
    },
  };
}

/** The committed contract of a project, which a command cannot do without. */
export function requireCommitted(project: Project): ReadContract {
  const committed = project.committed();
  if (committed !== undefined) return committed;
  throw new CommandFailure(
    `there is no contract file ${project.shown(project.contractFile)}`,
    'write it: npx concord contract snapshot',
  );
}
