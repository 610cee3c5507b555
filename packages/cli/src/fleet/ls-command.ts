/** `concord ls`: lists the topics of a live fleet, their servers and versions, and with `--watch` their changes. */
import type { KnownServer } from '@concord-rpc/client';
import type { subjects } from '@concord-rpc/core/wire';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { addLiveOptions } from '../inputs/live-options';
import { type Fleet, type LiveOptions, withFleet } from '../live/with-fleet';
import { plainJson } from '../plain/plain-json';
import { untilStopped } from '../topics/until-stopped';
import { TopicWatch } from '../topics/watch-topics';
import { type ListedTopic, serverLine, serversText, versionsOf } from '../views/servers-view';

interface LsOptions extends LiveOptions {
  readonly watch?: boolean;
}

/** Adds options and action to the command `ls`. */
export function defineLs(command: Command, run: Runner): void {
  addLiveOptions(command, ['ls', 'ls --topic neutron/q-plugin --json', 'ls --watch'])
    .description(
      'List the topics of a live fleet with their servers, versions and labels. Topics are found by the services protocol of NATS, which servers answer unless they are started with `services: false`.',
    )
    .option('--watch', 'go on with changes, one in a line, until the command is stopped')
    .action(run(runLs));
}

async function runLs(io: Io, options: LsOptions): Promise<ExitCode> {
  return withFleet(io, options, async (fleet) => {
    const listed = await fleet.listed();
    const topics = listed.map(({ address, servers }) => ({ ...address, servers }));
    if (options.watch === true) await watch(io, options, { fleet, addresses: listed.map(({ address }) => address) });
    else if (options.json === true) io.out(`${plainJson(documentOf(topics), 2)}\n`, 'data');
    else io.out(serversText(topics));
    return topics.some(({ servers }) => servers.length > 0) ? EXIT.ok : EXIT.unreachable;
  });
}

interface Watched {
  readonly fleet: Fleet;
  readonly addresses: readonly subjects.Address[];
}

/** Prints the servers, and then their changes, until the command is stopped or the connection has closed. */
async function watch(io: Io, { json, topic }: LsOptions, { fleet, addresses }: Watched): Promise<void> {
  const { announcements, transport } = fleet.connection;
  const isJson = json === true;
  const tell = (change: string, { exchange, topic }: subjects.Address, server: KnownServer) => {
    const address = `${exchange}/${topic}`;
    if (isJson) io.out(`${plainJson({ change, topic: address, ...serverDocument(server) })}\n`, 'data');
    else io.out(serverLine(change, address, server));
  };
  const topics = new TopicWatch(fleet, {
    onChange: tell,
    onDenied: () => io.err('note: this user receives no signs of servers on other topics\n'),
  });
  const listed = addresses.map((address) => ({ ...address, servers: announcements.view(address).servers }));
  if (!isJson) io.out(serversText(listed));
  for (const address of listed) {
    if (isJson) for (const server of address.servers) tell('joined', address, server);
    topics.begin(address);
  }
  if (topic === undefined) topics.beginOthers();
  await untilStopped(io, transport);
}

function documentOf(topics: readonly ListedTopic[]): object {
  const listed = topics.map(({ exchange, topic, servers }) => ({
    topic: `${exchange}/${topic}`,
    servers: servers.map(serverDocument),
  }));
  return { topics: listed, versions: versionsOf(topics) };
}

function serverDocument({ server, labels = {}, endpoints }: KnownServer): object {
  return { server, labels, endpoints };
}
