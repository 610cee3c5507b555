/** `concord doctor`: checks a project, a broker and a fleet, and names a remedy for everything that is not as it should be. */
import { withoutCredentials } from '@concord-rpc/core/engine';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { type CheckFinding, notChecked, runChecks, wrong } from '../diagnosis/check';
import { countsOf, findingsText } from '../diagnosis/findings-text';
import { addLiveOptions } from '../inputs/live-options';
import { type NatsAccess, natsAccess } from '../live/nats-login';
import { type LiveOptions, withFleet } from '../live/with-fleet';
import { plainJson } from '../plain/plain-json';
import { openProject } from '../project/project';
import { ACCESS_CHECKS } from './broker/access-checks';
import { BROKER_CHECKS } from './broker/broker-checks';
import { type BrokerInfo, brokerInfo, placeOf } from './broker/broker-info';
import { FLEET_CHECKS } from './broker/fleet-checks';
import { fleetFacts } from './broker/fleet-facts';
import { systemSettings } from './broker/system-settings';
import { COMPILER_CHECKS } from './project/compiler-checks';
import { CONTRACT_CHECKS } from './project/contract-checks';
import { PACKAGE_CHECKS } from './project/package-checks';
import { projectFacts } from './project/project-facts';
import { TOOL_CHECKS } from './project/tool-checks';

interface DoctorOptions extends LiveOptions {
  readonly skew?: number;
  readonly expect?: number;
}

/** The most minors between two servers, if no option says otherwise. */
const DEFAULT_SKEW = 2;

/** Adds options and action to the command `doctor`. */
export function defineDoctor(command: Command, run: Runner): void {
  addLiveOptions(command, ['doctor', 'doctor --topic neutron/q-plugin', 'doctor --json'])
    .description(
      'Check the project of this folder, the broker, and the fleet on it, and name a remedy for everything that is not as it should be. Without --live, --context or $NATS_URL no broker is asked. The exit code is 1 if something is wrong; warnings do not change it.',
    )
    .addOption(
      new Option('--skew <NUMBER>', `the most minors between two servers of an interface (default: ${DEFAULT_SKEW})`).argParser(
        parseCount,
      ),
    )
    .addOption(new Option('--expect <NUMBER>', 'the number of servers that run').argParser(parseCount))
    .action(run(runDoctor));
}

function parseCount(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number up to 999999.');
}

async function runDoctor(io: Io, options: DoctorOptions): Promise<ExitCode> {
  const { env } = io;
  const isNamed = [options.live, options.context, env.NATS_URL, env.NATS_CONTEXT].some(Boolean);
  const access = isNamed ? natsAccess(options.live ?? 'nats:', { options, io }) : undefined;
  const [project, live] = await Promise.all([
    projectFindings(io),
    access === undefined ? NO_BROKER : brokerFindings(io, options, access),
  ]);
  const findings = [...project, ...live];
  if (options.json === true) io.out(`${plainJson({ findings, counts: countsOf(findings) }, 2)}\n`, 'data');
  else {
    const broker = access === undefined ? 'none' : withoutCredentials(access.servers);
    io.out(findingsText(findings, { project: io.cwd, broker, fleet: broker }));
  }
  return countsOf(findings).wrong > 0 ? EXIT.findings : EXIT.ok;
}

const NO_BROKER = found(
  'broker',
  'connection',
  notChecked('no broker is named', 'name one: --live nats://HOST:PORT, --context NAME or $NATS_URL'),
);

function found(area: CheckFinding['area'], check: string, results: ReturnType<typeof wrong>): readonly CheckFinding[] {
  return results.map((result) => ({ area, check, ...result }));
}

async function projectFindings(io: Io): Promise<readonly CheckFinding[]> {
  const { root, config } = openProject(io);
  const facts = projectFacts(root, config.entries ?? []);
  if (facts === undefined) {
    return found(
      'project',
      'folder',
      notChecked('the folder has neither package.json nor tsconfig.json', 'run the command in the folder of a project'),
    );
  }
  return runChecks('project', [...PACKAGE_CHECKS, ...COMPILER_CHECKS, ...TOOL_CHECKS, ...CONTRACT_CHECKS], facts);
}

async function brokerFindings(io: Io, options: DoctorOptions, access: NatsAccess): Promise<readonly CheckFinding[]> {
  const info = await brokerInfo(access.servers).catch((thrown: Error) => thrown.message);
  if (typeof info === 'string') {
    return found(
      'broker',
      'connection',
      wrong(
        `${withoutCredentials(access.servers)} cannot be reached: ${info}`,
        'check that nats-server runs there and that the URL is right',
      ),
    );
  }
  try {
    return await withFleet(io, options, async (fleet) => {
      const facts = await fleetFacts(fleet, { skew: options.skew ?? DEFAULT_SKEW, expect: options.expect });
      return [
        ...(await saidBefore(info, access, await systemSettings(fleet.connection))),
        ...(await runChecks('fleet', [...ACCESS_CHECKS, ...FLEET_CHECKS], facts)),
      ];
    });
  } catch (thrown) {
    if (!(thrown instanceof CommandFailure)) throw thrown;
    return [
      ...(await saidBefore(info, access)),
      ...found('broker', 'connection', wrong(thrown.message, thrown.remedy ?? 'correct the login')),
    ];
  }
}

function saidBefore(
  info: BrokerInfo,
  { servers }: NatsAccess,
  settings?: { readonly pingInterval: number; readonly pingMax: number },
): Promise<readonly CheckFinding[]> {
  return runChecks('broker', BROKER_CHECKS, { ...info, host: placeOf(servers).host, settings });
}
