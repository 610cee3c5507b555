/** The `concord` command: its commands, and how a run of it ends. */
import { Command, CommanderError } from 'commander';
import { addApprove } from './commands/approve-command';
import { addCanDeploy } from './commands/can-deploy-command';
import { addCheck } from './commands/check-command';
import { addDiff } from './commands/diff-command';
import { addGenerate } from './commands/generate-command';
import { addMatrix } from './commands/matrix-command';
import { addSchema } from './commands/schema-command';
import { addSnapshot } from './commands/snapshot-command';
import { explainFailure } from './console/command-failure';
import { commandVersion } from './console/command-version';
import { EXIT, type ExitCode } from './console/exit-codes';
import { type Io, processIo } from './console/io';
import { createRunner, type Runner } from './console/runner';

/** Runs the command with arguments, as a shell gives them. Resolves, always, to the exit code. */
export async function runProgram(args: readonly string[], io: Io): Promise<ExitCode> {
  const { run, exitCode } = createRunner(io);
  try {
    await createProgram(io, run).parseAsync(args, { from: 'user' });
    return exitCode();
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage; // it has said what is wrong
    const { text, exitCode: code } = explainFailure(thrown);
    io.err(text);
    return code;
  }
}

/** Runs the command as the process that was started for it. */
export async function runProcess(): Promise<void> {
  const exitCode = await runProgram(process.argv.slice(2), processIo());
  // modules that were loaded for their contracts may have left something open
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
}

function createProgram(io: Io, run: Runner): Command {
  const program = new Command('concord')
    .description('Contracts of Concord RPC: recorded, compared, checked, made into clients.')
    .version(commandVersion())
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text), getOutHasColors: () => false })
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError(true);
  const contract = program.command('contract').description('the contract as a file').addHelpText('after', `\n${EXIT_CODES}`);
  for (const add of [addSnapshot, addCheck, addDiff, addApprove, addMatrix, addCanDeploy, addGenerate, addSchema])
    add(contract, run);
  return program;
}

const EXIT_CODES = `Exit codes:
  0  nothing at or above --fail-on that is not approved
  1  findings
  2  usage, configuration, unreadable input
  3  the contract file is not what the code says
  4  cannot tell (can-deploy only)
  5  NATS is not reachable, or nobody answered
`;
