/** `concord generate TARGET`: writes a contract in another form: a client, a page, a document of AsyncAPI, the permissions of a broker. */
import { type Command, Option } from 'commander';
import { definePermissions } from '../acl/acl-command';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { writeFile } from '../console/write-file';
import { examplesText, topicOption } from '../inputs/live-options';
import { addLoginOptions } from '../inputs/login-options';
import { openProject } from '../project/project';
import { type ContractChoice, chosenContract } from './chosen-contract';
import { type GenerateTarget, TARGETS, type TargetOptions } from './targets';

type GenerateOptions = ContractChoice & TargetOptions & { readonly output?: string };

/** Adds a command for each target to the command `generate`. */
export function defineGenerate(command: Command, run: Runner): void {
  command.description('Write a contract in another form. It comes from a file, from git, or from the servers of a live fleet.');
  for (const target of TARGETS) defineTarget(command.command(target.name), target, run);
  definePermissions(command, run);
}

function defineTarget(command: Command, target: GenerateTarget, run: Runner): void {
  const { summary, description, isOfOne, options = [], examples } = target;
  command
    .summary(summary)
    .description(description)
    .argument('[contract]', 'the contract: a file, git:REV, release:KEY:VERSION or nats://HOST (default: the committed file)')
    .addOption(
      new Option(
        '--endpoint <KEY>',
        `the endpoint, for example L3Plugin@1${isOfOne ? '' : ' (default: all)'}`,
      ).makeOptionMandatory(isOfOne),
    )
    .option('--from <source>', 'the contract, as an option instead of the argument')
    .addOption(
      topicOption('with nats://HOST: a topic, EXCHANGE/TOPIC; can be given several times (default: those that are found)'),
    )
    .option('--as-of <version>', 'the version to write (default: the version of the contract)')
    .option('--output <FILE>', 'write to a file (default: standard output)');
  for (const option of options) command.addOption(option);
  addLoginOptions(command)
    .addHelpText('after', examplesText(examples.map((line) => `generate ${line}`)))
    .action(run((io, contract: string | undefined, given: GenerateOptions) => generate(io, { target, contract, given })));
}

interface Question {
  readonly target: GenerateTarget;
  readonly contract: string | undefined;
  readonly given: GenerateOptions;
}

async function generate(io: Io, { target, contract, given }: Question): Promise<ExitCode> {
  const { output } = given;
  const text = await target.textOf(await chosenContract(io, contract, given), given);
  if (output === undefined) io.out(text, 'data');
  else writeFile(openProject(io, given).given(output), text, output);
  return EXIT.ok;
}
