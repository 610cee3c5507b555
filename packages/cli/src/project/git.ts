/** Reads from git: revisions, merge bases, earlier versions of files, settings. */
import { spawnSync } from 'node:child_process';
import { CommandFailure } from '../console/command-failure';

/** Queries to the git repository of a project. */
export interface Git {
  /** The hash of a commit; `undefined` if git has no such revision. */
  commitOf(revision: string): string | undefined;
  /** The last common commit of HEAD and a revision; `undefined` if they have none. */
  mergeBase(revision: string): string | undefined;
  /** The text of a file at a revision; `undefined` if the file did not exist. `path` is relative to the root of the project. */
  show(revision: string, path: string): string | undefined;
  /** The value of a setting such as `user.email`; `undefined` if it is not set. */
  setting(name: string): string | undefined;
}

/** Creates the queries for a folder. */
export function gitIn(folder: string): Git {
  const ask = (...args: string[]): string | undefined => {
    const { status, stdout, error } = spawnSync('git', args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
      throw new CommandFailure('git is not on the PATH', 'install git, or compare with a file: --against FILE');
    }
    return status === 0 ? stdout : undefined;
  };
  const word = (...args: string[]) => ask(...args)?.trim() || undefined;
  return {
    commitOf: (revision) => word('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`),
    mergeBase: (revision) => word('merge-base', 'HEAD', revision),
    show: (revision, path) => ask('show', '--end-of-options', `${revision}:./${path}`),
    setting: (name) => word('config', '--get', name),
  };
}
