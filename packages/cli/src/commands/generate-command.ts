/** `concord contract generate client`: a typed client of an endpoint, as one TypeScript file. */
import { clientSource } from '@concord-rpc/evolution';
import type { Command } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { requireEndpoint, versionsIn } from '../inputs/endpoint-versions';
import { writeFile } from '../inputs/report-options';
import { openProject } from '../project/project';

interface GenerateOptions {
  readonly from?: string;
  readonly endpoint: string;
  readonly asOf?: string;
  readonly output?: string;
}

/** Adds the command. */
export function addGenerate(parent: Command, run: Runner): void {
  const generate = parent.command('generate').description('source code from the contract');
  generate
    .command('client')
    .summary('a typed client, as one TypeScript file')
    .description(
      'Writes a typed client of an endpoint: its types, its methods, and the version that each argument and field needs. The file\ncompiles by itself under --strict, with any compiler; at run time it needs concord-rpc.',
    )
    .argument('[contract]', 'the contract: a file, git:REV, nats://HOST (default: the committed file)')
    .requiredOption('--endpoint <KEY>', 'the endpoint, such as L3Plugin@1')
    .option('--from <source>', 'the contract, said as an option')
    .option('--as-of <version>', 'the version to speak (default: that of the contract)')
    .option('--output <FILE>', 'write to a file instead of standard output')
    .action(run(runGenerate));
}

async function runGenerate(io: Io, contract: string | undefined, options: GenerateOptions): Promise<ExitCode> {
  const { from, endpoint: key, asOf, output } = options;
  if (from !== undefined && contract !== undefined) {
    throw new CommandFailure(`the contract is ${contract} and --from ${from}`, 'say it once');
  }
  const project = openProject(io);
  const { snapshot } = await requireEndpoint(project, key, from ?? contract);
  const [version] = asOf === undefined ? [] : versionsIn(snapshot, key, asOf);
  const source = clientSource(snapshot, { key, asOf: version })!;
  if (output === undefined) io.out(source);
  else writeFile(project.given(output), source, output);
  return EXIT.ok;
}
