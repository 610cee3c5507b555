/** `concord fleet`: shows which versions the servers and the callers of each interface have. */
import type { Command } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { addLiveOptions } from '../inputs/live-options';
import { readEndpointName } from '../inputs/method-name';
import { type Fleet, type LiveOptions, withFleet } from '../live/with-fleet';
import { plainJson } from '../plain/plain-json';
import { endpointFleets } from '../views/endpoint-fleets';
import { callersOf, type EndpointFleet, fleetText } from '../views/fleet-view';

/** Adds options and action to the command `fleet`. */
export function defineFleet(command: Command, run: Runner): void {
  addLiveOptions(command, ['fleet', 'fleet DhcpPluginApi@1', 'fleet --topic neutron/q-plugin --json'])
    .description(
      'Show the versions of the servers and of the callers of each interface. Servers count their callers by name, contract version and method.',
    )
    .argument('[endpoint]', 'an interface, for example DhcpPluginApi@1 (default: all)')
    .action(run(runFleet));
}

async function runFleet(io: Io, endpoint: string | undefined, options: LiveOptions): Promise<ExitCode> {
  const wanted = endpoint === undefined ? undefined : readEndpointName(endpoint);
  return withFleet(io, options, async (fleet) => {
    const topics = await fleet.topics(wanted?.name);
    const all = (await Promise.all(topics.map((topic) => endpointFleets(fleet, topic)))).flat();
    const fleets = all.filter(({ endpoint: key }) => {
      const { name, major } = readEndpointName(key);
      return wanted === undefined || (wanted.name === name && (wanted.major ?? major) === major);
    });
    if (fleets.length === 0) throw nothing(fleet, endpoint);
    if (options.json === true) io.out(`${plainJson({ endpoints: fleets.map(documentOf) }, 2)}\n`, 'data');
    else io.out(fleets.map(fleetText).join('\n'));
    return EXIT.ok;
  });
}

function nothing({ broker }: Fleet, endpoint: string | undefined): CommandFailure {
  const what = endpoint === undefined ? 'no server answered' : `no server serves ${endpoint}`;
  return new CommandFailure(`${what} at ${broker}`, 'list what is served: concord ls', EXIT.unreachable);
}

function documentOf({ endpoint, topic, servers }: EndpointFleet): object {
  const seconds = servers.flatMap(({ usage }) => usage.report?.seconds ?? []);
  return {
    endpoint,
    topic,
    servers: servers.map(({ server, version }) => ({ server, version })),
    callers: callersOf(endpoint, servers),
    counted: { servers: seconds.length, seconds: Math.max(0, ...seconds) },
  };
}
