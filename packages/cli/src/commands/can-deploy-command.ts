/** `concord contract can-deploy`: checks whether a version can join a fleet, and answers yes, no or cannot tell. */
import { canDeploy, type DeployVerdict } from '@concord-rpc/evolution';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { durationText, parseDuration } from '../console/durations';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { contractNamed, requireEndpoint, withoutEndpoint } from '../inputs/endpoint-versions';
import { type Environment, readEnvironment } from '../inputs/environment';
import { addLoginOptions } from '../inputs/login-options';
import { answeredOf, expectOption, whyTooFew } from '../live/answered';
import type { LoginOptions } from '../live/nats-login';
import { usageWindow } from '../live/usage-window';
import { answerText, type UncertainVerdict } from '../print/deploy-text';
import { openProject } from '../project/project';

interface DeployOptions extends LoginOptions {
  readonly version?: string;
  readonly env?: string;
  readonly clients?: string;
  readonly contract?: string;
  readonly assume?: Readonly<Record<string, string>>;
  readonly ignore?: readonly string[];
  readonly window: number;
  readonly expect?: number;
  readonly subjects: 'versioned' | 'plain';
  readonly withoutMajor?: boolean;
  readonly json?: boolean;
}

/** Adds options and action to the command `can-deploy`. */
export function defineCanDeploy(command: Command, run: Runner): void {
  addLoginOptions(command)
    .description(
      'Check whether the clients of a fleet can still make their calls once a version is deployed. The fleet is nats://HOST, whose servers report their contracts and the usage of their callers, or a JSON file. A clients file adds clients, and replaces counted clients of the same name. Exit code: 0 yes, 1 no, 4 cannot tell.',
    )
    .argument('<key>', 'the endpoint, for example L3Plugin@1')
    .option('--version <version>', 'the version to deploy (default: the version of the contract)')
    .option('--live, --env <URL|FILE>', 'the fleet: nats://HOST or a JSON file')
    .option('--clients <FILE>', 'a JSON file with clients of the fleet')
    .option('--contract <source>', 'the contract (default: the committed file)')
    .addOption(
      new Option(
        '--assume <NAME=CONTRACT...>',
        'the contract of a client whose contract is unknown, for example cron-job=1.0',
      ).argParser(parseAssumption),
    )
    .option('--ignore <NAME...>', 'clients to ignore')
    .addOption(
      new Option(
        '--window <TIME>',
        'the time that one server must have counted its callers for a yes without --clients: 90s, 15m, 2h, 30d or 0',
      )
        .argParser(parseWindow)
        .default(3_600, '1h'),
    )
    .addOption(expectOption())
    .addOption(
      new Option('--subjects <kind>', 'the subjects that clients use').choices(['versioned', 'plain']).default('versioned'),
    )
    .option('--without-major', 'check whether the servers may drop this major: no client may use it')
    .option('--json', 'print the answer as JSON')
    .action(run(runCanDeploy));
}

function parseAssumption(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write NAME=CONTRACT, for example cron-job=1.0.');
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}

function parseWindow(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError('Write a time: 90s, 15m, 2h, 30d or 0.');
  return seconds;
}

const LIST_CLIENTS = 'list the clients in a file: --clients FILE';

const EXIT_OF = { yes: EXIT.ok, no: EXIT.findings, 'cannot tell': EXIT.cannotTell } as const;

async function runCanDeploy(io: Io, key: string, options: DeployOptions): Promise<ExitCode> {
  const project = openProject(io, options);
  const { env, clients, subjects, ignore, expect } = options;
  if (env === undefined && clients === undefined) {
    throw new CommandFailure(
      'can-deploy needs a fleet',
      'name it: --env nats://HOST or --env FILE; add its clients: --clients FILE',
    );
  }
  const { snapshot } = await requireEndpoint(project, key, options.contract);
  if (options.withoutMajor === true && options.version !== undefined) {
    throw new CommandFailure(`--version ${options.version} and --without-major are two questions`, 'ask one of them');
  }
  const deployed = options.version === undefined ? snapshot : await contractNamed(project, snapshot, key, options.version);
  const candidate = options.withoutMajor === true ? withoutEndpoint(deployed, key) : deployed;
  const environment = await readEnvironment(project, { key, snapshot, env, clients, expect });
  const assumed = await Promise.all(
    Object.entries(options.assume ?? {}).map(
      async ([name, source]) => [name, await contractNamed(project, snapshot, key, source)] as const,
    ),
  );
  // servers of today do not help a client once the last of them has dropped the major
  const servers = options.withoutMajor === true ? [] : environment.servers;
  const question = { key, candidate, ...environment, servers, subjects, ignore, assume: Object.fromEntries(assumed) };
  const { name, asked } = environment;
  const answered = asked && answeredOf(asked);
  const window = clients === undefined ? options.window : 0;
  const verdict = verdictOn(environment, canDeploy(question), { window, tooFew: whyTooFew(answered ?? 0, asked && expect) });
  const usage = asked && usageWindow(asked);
  io.out(
    options.json === true
      ? `${JSON.stringify({ key, environment: name, ...(usage && { answered, expected: expect, usage }), ...verdict }, null, 2)}\n`
      : answerText({ key, environment, verdict, usage, expect }),
  );
  return EXIT_OF[verdict.answer];
}

/** Conditions of a yes: the seconds for which servers must have counted callers, and the reason why too few servers answered, if so. */
interface Conditions {
  readonly window: number;
  readonly tooFew: string | undefined;
}

/**
 * Changes yes to cannot tell if fewer servers answered than were expected, if no client is known and no file lists none, or if servers have
 * counted callers for less than `window` seconds.
 */
function verdictOn(
  { clients, asked, isListed }: Environment,
  verdict: DeployVerdict,
  { window, tooFew }: Conditions,
): UncertainVerdict {
  if (tooFew !== undefined && verdict.answer !== 'no') {
    return {
      ...verdict,
      answer: 'cannot tell',
      why: tooFew,
      remedy: 'start the missing servers, or correct the number: --expect NUMBER',
    };
  }
  if (clients.length === 0 && isListed !== true)
    return { answer: 'cannot tell', why: 'no client of the fleet is known', remedy: LIST_CLIENTS, clients: [] };
  const counted = asked && usageWindow(asked).longest;
  if (verdict.answer !== 'yes' || counted === undefined || counted >= window) return verdict;
  return {
    ...verdict,
    answer: 'cannot tell',
    why: `servers have counted callers for ${durationText(counted)}; --window requires ${durationText(window)}`,
    remedy: LIST_CLIENTS,
  };
}
