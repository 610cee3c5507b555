/** `concord contract generate`: generates a typed client of an endpoint as one TypeScript file, or the permissions of a broker. */
import { clientSource } from '@concord-rpc/evolution';
import type { Command } from 'commander';
import { definePermissions } from '../acl/acl-command';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { writeFile } from '../console/write-file';
import { requireEndpoint, versionsIn } from '../inputs/endpoint-versions';
import { addLoginOptions } from '../inputs/login-options';
import type { LoginOptions } from '../live/nats-login';
import { openProject } from '../project/project';

interface GenerateOptions extends LoginOptions {
  readonly from?: string;
  readonly endpoint: string;
  readonly asOf?: string;
  readonly output?: string;
}

/** Adds `client` and `permissions` to the command `generate`. */
export function defineGenerate(command: Command, run: Runner): void {
  const client = command
    .description('Generate source code from the contract')
    .command('client')
    .summary('Generate a typed client as one TypeScript file')
    .description(
      'Generate a typed client of an endpoint, with its types, its methods, and the version that each argument and field needs. The file compiles under --strict with any TypeScript compiler. At run time it needs the package concord-rpc.',
    )
    .argument('[contract]', 'the contract: a file, git:REV, release:KEY:VERSION or nats://HOST (default: the committed file)')
    .requiredOption('--endpoint <KEY>', 'the endpoint, for example L3Plugin@1')
    .option('--from <source>', 'the contract, as an option instead of the argument')
    .option('--as-of <version>', 'the version of the client (default: the version of the contract)')
    .option('--output <FILE>', 'write the client to a file (default: standard output)');
  addLoginOptions(client).action(run(runGenerate));
  definePermissions(command, run);
}

async function runGenerate(io: Io, contract: string | undefined, options: GenerateOptions): Promise<ExitCode> {
  const { from, endpoint: key, asOf, output } = options;
  if (from !== undefined && contract !== undefined) {
    throw new CommandFailure(`the contract is named twice: ${contract} and --from ${from}`, 'name it once');
  }
  const project = openProject(io, options);
  const { snapshot } = await requireEndpoint(project, key, from ?? contract);
  const [version] = asOf === undefined ? [] : versionsIn(snapshot, key, asOf);
  const source = clientSource(snapshot, { key, asOf: version })!;
  if (output === undefined) io.out(source, 'data');
  else writeFile(project.given(output), source, output);
  return EXIT.ok;
}
