/** The project that a command runs in: its settings, its files and its git repository. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { ContractDocument } from '@concord-rpc/core';
import { type Approval, parseApprovals, parseSnapshot } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import type { Io } from '../console/io';
import type { LoginOptions, NatsLogin } from '../live/nats-login';
import { type Config, readConfig } from './config';
import { type Git, gitIn } from './git';

/** A contract with its name in reports. `text` is the text of its file; `undefined` if it does not come from a file. */
export interface LoadedContract {
  readonly snapshot: ContractDocument;
  readonly name: string;
  readonly text?: string;
}

/** A contract without endpoints. */
export const EMPTY_CONTRACT: ContractDocument = { contract: 1, endpoints: {} };

/** A project. */
export interface Project {
  readonly root: string;
  readonly config: Config;
  readonly git: Git;
  /** The places that credentials for NATS come from. */
  readonly nats: NatsLogin;
  /** Path of the committed contract file, relative to the root. */
  readonly contractFile: string;
  /** Path of the approvals file, relative to the root. */
  readonly approvalsFile: string;
  /** Converts a path relative to the root to one relative to the user's folder. */
  shown(path: string): string;
  /** Converts a path relative to the user's folder to an absolute one. */
  given(path: string): string;
  /** Modules that the user named, or those of the settings; relative to the root. */
  entries(given?: readonly string[]): readonly string[];
  /** Reads the committed contract; `undefined` if the file does not exist. */
  committed(): LoadedContract | undefined;
  /** Reads the approvals; an empty list if the file does not exist. */
  approvals(): readonly Approval[];
}

/** Opens the project of a folder. */
export function openProject({ cwd, env }: Pick<Io, 'cwd' | 'env'>, options: LoginOptions = {}): Project {
  const { root, config } = readConfig(cwd);
  const contractFile = config.contract ?? 'concord.contract.json';
  const approvalsFile = config.approvals ?? join(dirname(contractFile), 'concord.approvals.json');
  const shown = (path: string) => relative(cwd, resolve(root, path)) || '.';
  const textOf = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined);
  return {
    root,
    config,
    git: gitIn(root),
    nats: { options, io: { cwd, env } },
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

/**
 * Reads the committed contract of a project.
 *
 * @throws CommandFailure if the file does not exist.
 */
export function requireCommitted(project: Project): LoadedContract {
  const committed = project.committed();
  if (committed !== undefined) return committed;
  throw new CommandFailure(
    `contract file ${project.shown(project.contractFile)} does not exist`,
    'write it: npx @concord-rpc/cli contract snapshot',
  );
}
