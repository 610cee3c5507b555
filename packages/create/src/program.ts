/** The command: reads its arguments, asks on a terminal, creates the project, and says what to do next. */
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Arguments, HELP, readArguments } from './arguments';
import { ask, type Terminal } from './ask';
import { createProject } from './create-project';
import { NotCreated } from './not-created';

/** The surroundings of the command. */
export interface Surroundings extends Terminal {
  readonly cwd: string;
  /** True if a person can be asked. */
  readonly isTerminal: boolean;
  err(text: string): void;
}

/** Runs the command with arguments as a shell passes them. Resolves to the exit code; never rejects. */
export async function run(args: readonly string[], given: Surroundings): Promise<number> {
  try {
    const read = readArguments(args);
    if (read.help) given.output.write(HELP);
    else if (read.version) given.output.write(`${versionOfPackage()}\n`);
    else await create(read, given);
    return 0;
  } catch (thrown) {
    given.err(`error: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    return thrown instanceof NotCreated ? thrown.exitCode : 1;
  }
}

/** Runs the command in this process, with its arguments. */
export async function runProcess(): Promise<void> {
  const { stdin: input, stdout: output, stderr } = process;
  const isTerminal = input.isTTY === true && output.isTTY === true;
  const surroundings = { input, output, isTerminal, cwd: process.cwd(), err: (text: string) => void stderr.write(text) };
  process.exitCode = await run(process.argv.slice(2), surroundings);
}

async function create(read: Arguments, given: Surroundings): Promise<void> {
  const { folder, template } = given.isTerminal ? await ask(read, given) : requireBoth(read);
  const path = resolve(given.cwd, folder);
  const packages = read.packages === undefined ? undefined : resolve(given.cwd, read.packages);
  const files = createProject({ folder: path, template, packages });
  const shown = relative(given.cwd, path) || '.';
  const steps = [...(shown === '.' ? [] : [`cd ${shown}`]), 'npm install', 'npm start', 'npm test'];
  given.output.write(`created ${shown} from the template ${template}: ${files.length} files\n\nNext:\n  ${steps.join('\n  ')}\n`);
}

function requireBoth({ folder, template }: Arguments): { folder: string; template: string } {
  const missing = folder === undefined ? 'the folder' : 'the template';
  if (folder !== undefined && template !== undefined) return { folder, template };
  throw new NotCreated(`name ${missing}: npm create @concord-rpc my-app -- --template minimal; see --help`, 2);
}

function versionOfPackage(): string {
  return JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')).version;
}
