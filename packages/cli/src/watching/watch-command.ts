/** `concord watch`: prints the calls and casts that the servers of a live fleet serve, as they pass. */
import { type subjects, watching } from '@concord-rpc/core/wire';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { parseCount } from '../inputs/call-options';
import { addLiveOptions } from '../inputs/live-options';
import { readName } from '../inputs/method-name';
import { type Fleet, type LiveOptions, withFleet } from '../live/with-fleet';
import { type SessionOptions, WatchSession } from './watch-session';

interface WatchOptions extends LiveOptions, SessionOptions {
  /** Characters; true for the default. */
  readonly args?: number | true;
  readonly rate: number;
}

/** Characters of arguments that are shown by default. */
const SOME_ARGS = 256;
const DEFAULT_RATE = 100;

/** Adds options and action to the command `watch`. */
export function defineWatch(command: Command, run: Runner): void {
  addLiveOptions(command, ['watch', 'watch PortsApi@1 --limit 10', 'watch DhcpPluginApi@1.getPorts --args --json'])
    .description(
      'Print the calls, casts, fanouts and streams that servers serve, as they pass, until the command is stopped. Servers show them only while an observer watches. Streams of NDJSON with --json. The user needs the permissions of the role observer.',
    )
    .argument('[names...]', 'interfaces and methods: Ports@1, Ports@1.list (default: all)')
    .addOption(
      new Option(
        '--args [CHARACTERS]',
        `also print arguments, cut (default: ${SOME_ARGS} characters); servers show them with the option watch: 'arguments'`,
      ).argParser(parseCharacters),
    )
    .addOption(
      new Option('--rate <NUMBER>', 'the most calls a second that a server shows; the others are counted')
        .argParser(parseRate)
        .default(DEFAULT_RATE),
    )
    .addOption(new Option('--limit <NUMBER>', 'end after so many calls').argParser(parseCount))
    .action(run(runWatch));
}

function parseCharacters(text: string): number {
  return bounded(text, watching.MOST_WATCHED.args);
}

function parseRate(text: string): number {
  return bounded(text, watching.MOST_WATCHED.rate);
}

function bounded(text: string, most: number): number {
  const number = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : most + 1;
  if (number <= most) return number;
  throw new InvalidArgumentError(`Write a whole number from 1 to ${most}.`);
}

async function runWatch(io: Io, names: readonly string[], options: WatchOptions): Promise<ExitCode> {
  return withFleet(io, options, async (fleet) => {
    const { only, topics } = await namedParts(fleet, names);
    const { args, rate } = options;
    const part = { rate, args: args === true ? SOME_ARGS : (args ?? 0), ...(only.length > 0 && { only }) };
    const session = new WatchSession(io, options);
    await session.run(fleet, topics, part);
    return EXIT.ok;
  });
}

/** The parts of interfaces to watch, and the topics on which they are served. */
interface NamedParts {
  readonly only: readonly string[];
  readonly topics: readonly subjects.Address[];
}

/** Finds the majors and topics of names. @throws CommandFailure with exit code 5 for an interface that is not served */
async function namedParts(fleet: Fleet, names: readonly string[]): Promise<NamedParts> {
  const read = names.map(readName);
  if (read.length === 0) return { only: [], topics: await fleet.topics() };
  const services = await fleet.services();
  const topics = new Map<string, subjects.Address>();
  const only = new Set<string>();
  for (const { name, major, method } of read) {
    const majorOf = ({ version }: { readonly version: string }) => Number.parseInt(version, 10);
    const found = services.filter((service) => service.name === name && (major ?? majorOf(service)) === majorOf(service));
    if (found.length === 0) {
      const what = major === undefined ? name : `${name}@${major}`;
      throw new CommandFailure(
        `no server that serves ${what} answered at ${fleet.broker}`,
        'list the interfaces: concord ls',
        EXIT.unreachable,
      );
    }
    for (const service of found) {
      const { exchange, topic } = service;
      topics.set(`${exchange}/${topic}`, fleet.address({ exchange, topic }));
      only.add(`${name}@${majorOf(service)}${method === undefined ? '' : `.${method}`}`);
    }
  }
  return { only: [...only], topics: [...topics.values()] };
}
