/** Asks git about a project: revisions, merge bases, files as they were, who commits. */
import { spawnSync } from 'node:child_process';
import { CommandFailure } from '../console/command-failure';

/** What git answers about the folder of a project. */
export interface Git {
  /** The full name of a commit; `undefined` if there is none of this name. */
  commitOf(revision: string): string | undefined;
  /** The last common commit of HEAD and another; `undefined` if there is none. */
  mergeBase(revision: string): string | undefined;
  /** A file, named from the project's folder, as it was at a revision; `undefined` if it was not there. */
  show(revision: string, path: string): string | undefined;
  /** A setting, such as `user.email`; `undefined` if it is not set. */
  setting(name: string): string | undefined;
}

/** Git in a folder. */
export function gitIn(folder: string): Git {
  const ask = (...args: string[]): string | undefined => {
    const { status, stdout, error } = spawnSync('git', args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
      throw new CommandFailure('there is no git on the PATH', 'install it, or compare with a file: --against FILE');
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
