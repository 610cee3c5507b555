/** Runs the real command as a process of its own, in a folder. */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Io, runProgram } from '@concord-rpc/cli';

jest.setTimeout(60_000); // a command is a process, which takes seconds to start on a busy machine

export const ROOT = join(__dirname, '../..');
const BIN = join(ROOT, 'packages/cli/bin/concord.js');
const { FORCE_COLOR: _, NO_COLOR: __, ...ENV } = process.env;

/** The result of a run. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `concord …` in a folder. */
export function concordIn(cwd: string, args: readonly string[], env: Record<string, string> = {}): Ended {
  const options = { cwd, env: { ...ENV, ...env }, encoding: 'utf8', timeout: 60_000 } as const;
  const { status, stdout, stderr }: SpawnSyncReturns<string> = spawnSync(process.execPath, [BIN, ...args], options);
  return { code: status, out: stdout, err: stderr };
}

/** The same, while this process goes on, such as to serve what the command asks. */
export function concordBeside(cwd: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env: ENV, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

/** The same in this process: what the command does, without what it costs to start it. */
export async function concordHere(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  let [out, err] = ['', ''];
  const io: Io = {
    cwd,
    env,
    isTerminal: false,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  };
  const code = await runProgram(args, io);
  return { code, out, err };
}

/** A folder of its own for a test, with packages to import, and how to write, run and remove. */
export interface Folder {
  readonly path: string;
  write(files: Readonly<Record<string, string>>): void;
  concord(...args: string[]): Ended;
  git(...args: string[]): string;
  /** Runs a program there. */
  run(program: string, ...args: string[]): string;
  remove(): void;
}

const GIT_NAMES = ['-c', 'user.email=ann@example.org', '-c', 'user.name=Ann', '-c', 'commit.gpgsign=false'];

/** Makes such a folder, empty or as a copy of another. */
export function makeFolder(files: Readonly<Record<string, string>> = {}, copyOf?: string): Folder {
  const path = mkdtempSync(join(tmpdir(), 'concord-cli-'));
  if (copyOf === undefined) symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
  else cpSync(copyOf, path, { recursive: true, verbatimSymlinks: true });
  const write: Folder['write'] = (contents) => {
    for (const [name, text] of Object.entries(contents)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text);
    }
  };
  write(files);
  const run = (program: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: path, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  return {
    path,
    write,
    concord: (...args) => concordIn(path, args),
    git: (...args) => run('git', ...GIT_NAMES, ...args),
    run,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
