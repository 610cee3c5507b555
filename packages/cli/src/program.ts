/** The `concord` command: its subcommands, loaded when they are called, and its exit code. */
import { Command, CommanderError } from 'commander';
import { explainFailure } from './console/command-failure';
import { commandVersion } from './console/command-version';
import { EXIT, type ExitCode } from './console/exit-codes';
import { type Io, processIo } from './console/io';
import { createRunner, type Runner } from './console/runner';
import { plainOutput } from './plain/plain-output';

/** A subcommand of `concord contract`. `load` resolves to the function that adds its options and its action. */
interface Subcommand {
  readonly name: string;
  readonly summary: string;
  load(): Promise<(command: Command, run: Runner) => void>;
}

const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: 'snapshot',
    summary: 'Write the contract of the code to the contract file',
    load: async () => (await import('./commands/snapshot-command.js')).defineSnapshot,
  },
  {
    name: 'check',
    summary: 'Check the contract against its rules, its releases and a baseline',
    load: async () => (await import('./commands/check-command.js')).defineCheck,
  },
  {
    name: 'diff',
    summary: 'Compare two contracts',
    load: async () => (await import('./commands/diff-command.js')).defineDiff,
  },
  {
    name: 'approve',
    summary: 'Approve one finding of the check',
    load: async () => (await import('./commands/approve-command.js')).defineApprove,
  },
  {
    name: 'matrix',
    summary: 'Show which client versions work with which server versions',
    load: async () => (await import('./commands/matrix-command.js')).defineMatrix,
  },
  {
    name: 'can-deploy',
    summary: 'Check whether a version can join a fleet',
    load: async () => (await import('./commands/can-deploy-command.js')).defineCanDeploy,
  },
  {
    name: 'generate',
    summary: 'Generate source code from the contract',
    load: async () => (await import('./commands/generate-command.js')).defineGenerate,
  },
  {
    name: 'schema',
    summary: 'Print the JSON Schema of contract files or of JSON findings',
    load: async () => (await import('./commands/schema-command.js')).defineSchema,
  },
];

/** Runs the command with arguments as a shell passes them. Resolves to the exit code; never rejects. */
export async function runProgram(args: readonly string[], given: Io): Promise<ExitCode> {
  const io = plainOutput(given);
  const { run, exitCode } = createRunner(io);
  try {
    const program = await createProgram(args, io, run);
    await program.parseAsync(args, { from: 'user' });
    return exitCode();
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage; // commander has printed the error
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

async function createProgram(args: readonly string[], io: Io, run: Runner): Promise<Command> {
  const program = new Command('concord')
    .description('Record, check and compare contracts of Concord RPC, and generate clients.')
    .version(commandVersion())
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text), getOutHasColors: () => false })
    .configureHelp({ showGlobalOptions: false, subcommandTerm: (command) => command.name() })
    .showSuggestionAfterError(true);
  const contract = program
    .command('contract')
    .description('Record, check and compare contract files')
    .addHelpText('after', `\n${EXIT_CODES}`);
  for (const { name, summary, load } of SUBCOMMANDS) {
    const command = contract.command(name).summary(summary);
    if (!args.includes(name)) continue; // listed in the help; its libraries stay unloaded
    const define = await load();
    define(command, run);
  }
  return program;
}

const EXIT_CODES = `Exit codes:
  0  no unapproved finding at or above --fail-on
  1  unapproved findings, or the answer no
  2  wrong usage, invalid configuration, or unreadable input
  3  the contract file differs from the code
  4  can-deploy cannot tell
  5  NATS cannot be reached, or no server answered
`;
