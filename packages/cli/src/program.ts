/** The `concord` command: its commands, loaded when they are called, and its exit code. */
import { Command, CommanderError } from 'commander';
import { COMMANDS, type CommandGroup, type LeafCommand } from './command-table';
import { EXIT, EXIT_HELP, type ExitCode } from './console/exit-codes';
import { type Io, processIo } from './console/io';
import { plainOutput } from './plain/plain-output';

/** Runs the command with arguments as a shell passes them. Resolves to the exit code; never rejects. */
export async function runProgram(args: readonly string[], given: Io): Promise<ExitCode> {
  const io = plainOutput(given);
  let exitCode: ExitCode = EXIT.ok;
  try {
    const onExit = (code: ExitCode) => {
      exitCode = code;
    };
    const program = await createProgram(args, { io, onExit });
    const [first, ...others] = args;
    // commander's own `help` knows one level of commands
    const asked = first === 'help' && others.length > 0 ? [...others, '--help'] : args;
    await program.parseAsync(asked, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage; // commander has printed the error
    const { explainFailure } = await import('./console/command-failure.js');
    const { text, exitCode: code } = await explainFailure(thrown);
    io.err(text);
    return code;
  }
}

/** Runs the command in this process, with its arguments, and ends the process with the exit code. */
export async function runProcess(): Promise<void> {
  const exitCode = await runProgram(process.argv.slice(2), processIo());
  // loaded modules of the project may hold open handles
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
}

/** The input and output of a run, and the receiver of its exit code. */
interface RunSurroundings {
  readonly io: Io;
  onExit(code: ExitCode): void;
}

async function createProgram(args: readonly string[], surroundings: RunSurroundings): Promise<Command> {
  const { io } = surroundings;
  const program = new Command('concord')
    .description('Ask and call live fleets of Concord RPC, and record, check and compare contracts.')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text), getOutHasColors: () => false })
    .configureHelp({ showGlobalOptions: false, subcommandTerm: (command) => command.name() })
    .showSuggestionAfterError(true)
    .addHelpText('after', EXIT_HELP)
    .version(await versionFor(args));
  const [name, inner] = wordsIn(args);
  for (const each of COMMANDS) {
    const command = program.command(each.name, { hidden: isHidden(each) }).summary(each.summary);
    const isCalled = each.name === name;
    if (!('commands' in each)) {
      if (isCalled) await define(each, command, surroundings);
      continue;
    }
    command.description(each.summary).addHelpText('after', EXIT_HELP);
    for (const leaf of each.commands) {
      const below = command.command(leaf.name, { hidden: isHidden(leaf) }).summary(leaf.summary);
      if (isCalled && leaf.name === inner) await define(leaf, below, surroundings);
    }
  }
  return program;
}

function isHidden(command: LeafCommand | CommandGroup): boolean {
  return 'isHidden' in command && command.isHidden === true;
}

/** Loads a command and adds its options and its action. The other commands are listed in the help, and stay unloaded. */
async function define({ load }: LeafCommand, command: Command, surroundings: RunSurroundings): Promise<void> {
  const [{ createRunner }, add] = await Promise.all([import('./console/runner.js'), load()]);
  const { io, onExit } = surroundings;
  add(command, createRunner(io, onExit), async (words) => {
    let found = await createProgram(words, surroundings);
    let depth = 0;
    for (const word of words.slice(0, -1)) {
      const below = found.commands.find((each) => each.name() === word);
      if (below === undefined) break;
      found = below;
      depth++;
    }
    return { command: found, words: words.slice(depth) };
  });
}

/** The names of commands in the arguments: options do not take values before them. */
function wordsIn(args: readonly string[]): readonly string[] {
  return args.filter((arg) => !arg.startsWith('-') && arg !== 'help');
}

/** The version of the command if it is asked for: else its file is not read. */
async function versionFor([first = '']: readonly string[]): Promise<string> {
  if (first !== '-V' && first !== '--version') return '';
  return (await import('./console/command-version.js')).commandVersion();
}
