/** `concord contract can-deploy`: whether a version may join a fleet: yes, no, or nobody can tell. */
import { type ClientVerdict, canDeploy, type DeployVerdict, type Snapshot, type UseVerdict } from '@concord-rpc/contract';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { openProject } from '../project/project';
import { contractNamed, requireEndpoint } from './endpoint-versions';
import { type Environment, readEnvironment } from './environment';

interface DeployOptions {
  readonly version?: string;
  readonly env?: string;
  readonly clients?: string;
  readonly contract?: string;
  readonly assume?: Readonly<Record<string, string>>;
  readonly ignore?: readonly string[];
  readonly subjects: 'versioned' | 'plain';
  readonly json?: boolean;
}

/** Adds the command. */
export function addCanDeploy(parent: Command, run: Runner): void {
  parent
    .command('can-deploy')
    .summary('whether a version may join a fleet')
    .description(
      'Asks what the clients that are there use of the servers that will be. The fleet is a JSON file, or nats://HOST: then its\nservers are asked, and its clients stand in a file (--clients). Exit code 0 is yes, 1 no, 4 cannot tell.',
    )
    .argument('<key>', 'the endpoint, such as L3Plugin@1')
    .option('--version <version>', 'the version to deploy (default: that of the contract)')
    .option('--live, --env <URL|FILE>', 'the fleet that it goes into')
    .option('--clients <FILE>', 'a file with the clients of the fleet')
    .option('--contract <source>', 'the contract (default: the committed file)')
    .addOption(
      new Option('--assume <NAME=CONTRACT...>', 'the contract of a client that published none').argParser(parseAssumption),
    )
    .option('--ignore <NAME...>', 'clients to leave out')
    .addOption(new Option('--subjects <kind>', 'how calls are addressed').choices(['versioned', 'plain']).default('versioned'))
    .option('--json', 'the answer as JSON')
    .action(run(runCanDeploy));
}

function parseAssumption(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write NAME=CONTRACT, such as cron-job=1.0.');
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
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
  const verdict = environment.clients.length === 0 ? NOBODY_KNOWN : canDeploy(question);
  io.out(
    options.json === true
      ? `${JSON.stringify({ key, environment: environment.name, ...verdict }, null, 2)}\n`
      : answerText(key, environment, verdict),
  );
  return EXIT_OF[verdict.answer];
}

/** A fleet whose clients nobody knows is no fleet without clients. */
const NOBODY_KNOWN: DeployVerdict = { answer: 'cannot tell', clients: [] };

function answerText(key: string, environment: Environment, { answer, clients }: DeployVerdict): string {
  const unknown = clients.filter((client) => client.answer === 'cannot tell').map(({ client }) => client);
  const lines = [
    `environment ${environment.name}: ${serversText(key, environment.servers)}, ${clientsText(environment)}`,
    ...clients.map((client) => `  ${clientText(client)}`),
    ...CONCLUSIONS[answer](clients, unknown),
  ];
  return `${lines.join('\n')}\n`;
}

const CONCLUSIONS: Readonly<
  Record<DeployVerdict['answer'], (clients: readonly ClientVerdict[], unknown: readonly string[]) => readonly string[]>
> = {
  yes: () => ['YES'],
  no: (clients) => [
    `NO: ${clients
      .filter(({ answer }) => answer === 'no')
      .map(({ client }) => client)
      .join(', ')} would fail`,
  ],
  'cannot tell': (_, [name, ...others]) =>
    name === undefined
      ? ['CANNOT TELL: no client of the fleet is known', '  name them in a file: --clients FILE']
      : [
          `CANNOT TELL: ${[name, ...others].join(', ')} published no contract`,
          `  count it as 1.0: --assume ${name}=1.0        leave it out: --ignore ${name}`,
        ],
};

function serversText(key: string, servers: readonly Snapshot[]): string {
  const count = new Map<string, number>();
  for (const { endpoints } of servers) {
    const version = endpoints[key]?.version ?? 'none';
    count.set(version, (count.get(version) ?? 0) + 1);
  }
  const listed = [...count]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([version, times]) => `${version} ×${times}`);
  return `${servers.length} server${servers.length === 1 ? '' : 's'} of ${key}${listed.length > 0 ? ` (${listed.join(', ')})` : ''}`;
}

function clientsText({ clients }: Environment): string {
  const instances = clients.reduce((sum, client) => sum + client.instances, 0);
  return `${clients.length} client${clients.length === 1 ? '' : 's'} (${instances} instance${instances === 1 ? '' : 's'})`;
}

function clientText({ client, instances, version, answer, uses }: ClientVerdict): string {
  const head = `client ${client.padEnd(14)} ×${String(instances).padEnd(4)} contract ${(version ?? '?').padEnd(5)}`;
  const failing = uses.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'not-called');
  const details = failing.map(useText).join('; ');
  const verdict = answer === 'yes' ? 'ok' : answer === 'no' ? 'fails' : 'unknown';
  return `${head} ${verdict}${details === '' ? '' : `: ${details}`}`;
}

function useText({ method, outcome, needs, rules }: UseVerdict): string {
  const why = outcome === 'break' ? ` by ${rules.join(', ')}` : needs === undefined ? '' : ` (needs ${needs})`;
  return `${method} ${outcome}${why}`;
}
