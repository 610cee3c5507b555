/** `concord contract can-deploy`: whether a version may join a fleet: yes, no, or nobody can tell. */
import { canDeploy, type DeployVerdict } from '@concord-rpc/evolution';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { durationText, readDuration } from '../console/durations';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { contractNamed, requireEndpoint } from '../inputs/endpoint-versions';
import { type Environment, readEnvironment } from '../inputs/environment';
import { usageOf } from '../inputs/usage-window';
import { answerText } from '../print/deploy-text';
import { openProject } from '../project/project';

interface DeployOptions {
  readonly version?: string;
  readonly env?: string;
  readonly clients?: string;
  readonly contract?: string;
  readonly assume?: Readonly<Record<string, string>>;
  readonly ignore?: readonly string[];
  readonly window: number;
  readonly subjects: 'versioned' | 'plain';
  readonly json?: boolean;
}

/** Adds the command. */
export function addCanDeploy(parent: Command, run: Runner): void {
  parent
    .command('can-deploy')
    .summary('whether a version may join a fleet')
    .description(
      'Asks what the clients that are there use of the servers that will be. The fleet is a JSON file, or nats://HOST: then its\nservers say what they serve and what their callers use; a file (--clients) adds clients, and corrects those of the same name.\nExit code 0 is yes, 1 no, 4 cannot tell.',
    )
    .argument('<key>', 'the endpoint, such as L3Plugin@1')
    .option('--version <version>', 'the version to deploy (default: that of the contract)')
    .option('--live, --env <URL|FILE>', 'the fleet that it goes into')
    .option('--clients <FILE>', 'a file with clients of the fleet')
    .option('--contract <source>', 'the contract (default: the committed file)')
    .addOption(
      new Option('--assume <NAME=CONTRACT...>', 'the contract of a client that published none').argParser(parseAssumption),
    )
    .option('--ignore <NAME...>', 'clients to leave out')
    .addOption(
      new Option('--window <TIME>', 'how long servers must have counted their callers for a yes without --clients')
        .argParser(parseWindow)
        .default(3_600, '1h'),
    )
    .addOption(new Option('--subjects <kind>', 'how calls are addressed').choices(['versioned', 'plain']).default('versioned'))
    .option('--json', 'the answer as JSON')
    .action(run(runCanDeploy));
}

function parseAssumption(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write NAME=CONTRACT, such as cron-job=1.0.');
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}

function parseWindow(text: string): number {
  const seconds = readDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError('Write a time such as 15m, 2h or 30d, or 0.');
  return seconds;
}

const EXIT_OF = { yes: EXIT.ok, no: EXIT.findings, 'cannot tell': EXIT.cannotTell } as const;

async function runCanDeploy(io: Io, key: string, options: DeployOptions): Promise<ExitCode> {
  const project = openProject(io);
  const { env, clients, subjects, ignore } = options;
  if (env === undefined && clients === undefined) {
    throw new CommandFailure('can-deploy needs a fleet', '--env nats://HOST or --env FILE; its clients: --clients FILE');
  }
  const { snapshot } = await requireEndpoint(project, key, options.contract);
  const candidate = options.version === undefined ? snapshot : await contractNamed(project, snapshot, key, options.version);
  const environment = await readEnvironment(project, { key, snapshot, env, clients });
  const assumed = await Promise.all(
    Object.entries(options.assume ?? {}).map(
      async ([name, source]) => [name, await contractNamed(project, snapshot, key, source)] as const,
    ),
  );
  const question = { key, candidate, ...environment, subjects, ignore, assume: Object.fromEntries(assumed) };
  const verdict = verdictOn(environment, canDeploy(question), clients === undefined ? options.window : 0);
  const { name, asked } = environment;
  const usage = asked && usageOf(asked);
  io.out(
    options.json === true
      ? `${JSON.stringify({ key, environment: name, ...(usage && { usage }), ...verdict }, null, 2)}\n`
      : answerText({ key, environment, verdict, usage }),
  );
  return EXIT_OF[verdict.answer];
}

/** A fleet whose clients nobody knows is no fleet without clients; and who has looked for a moment only has not seen all. */
function verdictOn(
  { clients, asked }: Environment,
  verdict: DeployVerdict,
  window: number,
): DeployVerdict & { readonly why?: string } {
  if (clients.length === 0) return { answer: 'cannot tell', why: 'no client of the fleet is known', clients: [] };
  const looked = asked && usageOf(asked).longest;
  if (verdict.answer !== 'yes' || looked === undefined || looked >= window) return verdict;
  return {
    ...verdict,
    answer: 'cannot tell',
    why: `callers have been counted for ${durationText(looked)}, and --window asks for ${durationText(window)}`,
  };
}
