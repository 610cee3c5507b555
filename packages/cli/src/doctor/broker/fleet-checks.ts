/** Checks of a fleet: versions, names, contracts, silent servers, and majors without callers. */
import type { RpcError } from '@concord-rpc/core';
import { parseVersion } from '@concord-rpc/core/engine';
import { durationText } from '../../console/durations';
import { counted } from '../../console/plural';
import { safeText } from '../../console/safe-text';
import { type DoctorCheck, notChecked, ok, type Result, warning, wrong } from '../../diagnosis/check';
import { listed } from '../../diagnosis/listed';
import type { FleetFacts, TopicFacts } from './fleet-facts';

/** The checks of a fleet. */
export const FLEET_CHECKS: readonly DoctorCheck<FleetFacts>[] = [
  { name: 'servers', run: servers },
  { name: 'version skew', run: versionSkew },
  { name: 'names of servers', run: names },
  { name: 'equal contracts', run: equalContracts },
  { name: 'silent servers', run: silentServers },
  { name: 'uncalled majors', run: uncalledMajors },
];

function servers({ topics, expect }: FleetFacts): readonly Result[] {
  if (expect === undefined) return [];
  const running = new Set(topics.flatMap((topic) => topic.servers.map(({ server }) => server)));
  if (running.size >= expect) return ok(`${counted(running.size, 'server')} answered`);
  return wrong(
    `${counted(running.size, 'server')} of ${expect} answered: the others hang, or do not run`,
    'start them again; a server that hangs answers nothing',
  );
}

/** A server with an interface at a version. */
interface ServedMinor {
  readonly server: string;
  readonly topic: string;
  readonly name: string;
  readonly major: number;
  readonly minor: number;
  readonly hash: string | undefined;
}

function servedOn({ name: topic, servers: running }: TopicFacts): readonly ServedMinor[] {
  return running.flatMap(({ server, endpoints }) =>
    endpoints.map(({ name, version, hash }) => ({ server, topic, name, hash, ...parseVersion(version) })),
  );
}

/** Groups what servers serve by a text. */
function groups({ topics }: FleetFacts, by: (served: ServedMinor) => string): readonly (readonly ServedMinor[])[] {
  const found = new Map<string, ServedMinor[]>();
  for (const served of topics.flatMap(servedOn)) found.set(by(served), [...(found.get(by(served)) ?? []), served]);
  return [...found.values()];
}

const endpointOf = ({ name, major, topic }: ServedMinor) => `${name}@${major} on ${topic}`;

function versionSkew(facts: FleetFacts): readonly Result[] {
  const apart = groups(facts, endpointOf).flatMap((served) => {
    const minors = served.map(({ minor }) => minor);
    const [least, most] = [Math.min(...minors), Math.max(...minors)];
    const [{ major }] = served as readonly [ServedMinor];
    return most - least > facts.skew ? [`${endpointOf(served[0]!)} runs at ${major}.${least} and at ${major}.${most}`] : [];
  });
  if (facts.topics.length === 0) return [];
  if (apart.length === 0) return ok(`servers of an interface are no more than ${counted(facts.skew, 'minor')} apart`);
  return apart.flatMap((what) => warning(what, 'upgrade the older servers, or allow the distance: --skew NUMBER'));
}

function names({ topics }: FleetFacts): readonly Result[] {
  const twins = topics.flatMap(({ name, servers: running }) =>
    running.flatMap(({ server, boots }) =>
      boots === undefined ? [] : [`${boots.length} servers on ${name} are called ${server}`],
    ),
  );
  if (topics.length === 0) return [];
  if (twins.length === 0) return ok('each server has a name of its own');
  return twins.flatMap((what) => wrong(what, 'give each a name of its own: new RpcServer(transport, { server })'));
}

function equalContracts(facts: FleetFacts): readonly Result[] {
  const differing = groups(facts, (served) => `${endpointOf(served)} ${served.minor}`).filter(
    (served) => new Set(served.flatMap(({ hash }) => hash ?? [])).size > 1,
  );
  if (facts.topics.length === 0) return [];
  if (differing.length === 0) return ok('servers of one version have one contract');
  return differing.flatMap((served) => {
    const [{ name, major, minor, topic }] = served as readonly [ServedMinor];
    return wrong(
      `${name} ${major}.${minor} on ${topic} has different contracts on ${listed(served.map(({ server }) => server))}`,
      'deploy one build everywhere; a change of a contract needs a new version: concord contract check',
    );
  });
}

function silentServers({ topics }: FleetFacts): readonly Result[] {
  const asked = topics.filter(({ denied }) => denied.every(({ what }) => what !== 'ask for contracts'));
  if (asked.length === 0) return [];
  const results = asked.flatMap(({ name, silent, described, refusal }) => [
    ...silent.flatMap((server) =>
      wrong(
        `${server} on ${name} answers a ping, and does not send its contract`,
        'look at its log and its load, or start it again',
      ),
    ),
    ...described.flatMap((each) => (each.refusal === undefined ? [] : refused(`${each.server} on ${name}`, each.refusal))),
    ...(refusal === undefined ? [] : refused(`every server on ${name}`, refusal)),
  ]);
  return results.length > 0 ? results : ok('every server sends its contract');
}

function refused(who: string, { message }: RpcError): readonly Result[] {
  return wrong(`${who} refuses to send its contract: ${safeText(message)}`, 'ask again; if it stays, start it again');
}

function uncalledMajors(facts: FleetFacts): readonly Result[] {
  const byName = groups(facts, ({ name, topic }) => `${name} on ${topic}`);
  const several = byName.filter((served) => new Set(served.map(({ major }) => major)).size > 1);
  return several.flatMap((served) => {
    const topic = facts.topics.find(({ name }) => name === served[0]!.topic)!;
    const reports = [...topic.usage.values()].flatMap(({ report }) => report ?? []);
    const { name } = served[0]!;
    if (reports.length < topic.servers.length)
      return notChecked(
        `${name} on ${topic.name}: ${reports.length} of ${counted(topic.servers.length, 'server')} reported their callers`,
        'ask as a user that can ask who calls',
      );
    const called = new Set(reports.flatMap(({ uses }) => uses.map(({ endpoint }) => endpoint)));
    const over = durationText(Math.min(...reports.map(({ seconds }) => seconds)));
    const majors = [...new Set(served.map(({ major }) => major))].sort((a, b) => a - b);
    const uncalled = majors.slice(0, -1).filter((major) => !called.has(`${name}@${major}`));
    if (uncalled.length === 0) return ok(`every older major of ${name} on ${topic.name} is called`);
    return uncalled.flatMap((major) =>
      warning(`no client called ${name}@${major} on ${topic.name} for ${over}`, 'if that is long enough, no longer register it'),
    );
  });
}
