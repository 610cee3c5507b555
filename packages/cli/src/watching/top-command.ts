/** `concord top`: shows the rates, latencies and refusals of methods on a live fleet, again and again. */
import { isRpcError } from '@concord-rpc/core';
import { type Command, Option } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { FiguresReader, type FleetCounts, type ServiceCounts } from '../figures/ask-figures';
import { parseCount, parseTime } from '../inputs/call-options';
import { addLiveOptions } from '../inputs/live-options';
import { type NamedInterface, readEndpointName } from '../inputs/method-name';
import { type Fleet, type LiveOptions, withFleet } from '../live/with-fleet';
import { plainJson } from '../plain/plain-json';
import { type MethodRates, RatesOfFleet } from './method-rates';
import { ratesText, SORTS, type Sort, sorted } from './rates-table';

interface TopOptions extends LiveOptions {
  /** Milliseconds. */
  readonly interval: number;
  readonly once?: boolean;
  readonly sort: Sort;
  readonly limit: number;
}

const SHORTEST = 200;
/** Clears a terminal, and writes from its first line. */
const CLEAR = '\u001b[H\u001b[J';

/** Adds options and action to the command `top`. */
export function defineTop(command: Command, run: Runner): void {
  addLiveOptions(command, ['top --once', 'top PortsApi@1 --once --sort p99', 'top --once --json --topic neutron/q-plugin'])
    .description(
      'Show calls, errors and refusals a second of each method, and its latency, until the command is stopped. The figures are those of the services protocol of NATS. Latencies are those of handlers, of one call in eight, over the last ten intervals, to a tenth.',
    )
    .argument('[endpoint]', 'an interface, for example DhcpPluginApi@1 (default: all)')
    .addOption(
      new Option('--interval <TIME>', 'the time between two readings: 500ms, 1s or 2m').argParser(parseTime).default(1_000, '1s'),
    )
    .option('--once', 'print the rates of one interval, and end')
    .addOption(new Option('--sort <COLUMN>', 'sort the methods by').choices(SORTS).default('calls'))
    .addOption(new Option('--limit <NUMBER>', 'the most methods in the table').argParser(parseCount).default(40))
    .action(run(runTop));
}

async function runTop(io: Io, endpoint: string | undefined, options: TopOptions): Promise<ExitCode> {
  const wanted = endpoint === undefined ? undefined : readEndpointName(endpoint);
  if (options.interval < SHORTEST) {
    throw new CommandFailure(
      `--interval must be ${SHORTEST} ms or more; got ${options.interval} ms`,
      `write a longer one: --interval ${SHORTEST}ms`,
    );
  }
  return withFleet(io, options, (fleet) => follow(io, { fleet, options, wanted }));
}

/** The fleet and the part of it that is followed. */
interface Followed {
  readonly fleet: Fleet;
  readonly options: TopOptions;
  readonly wanted: NamedInterface | undefined;
}

async function follow(io: Io, { fleet, options, wanted }: Followed): Promise<ExitCode> {
  const reader = new FiguresReader(fleet.connection, wanted?.name);
  const rates = new RatesOfFleet();
  const signal = io.stopSignal?.() ?? new AbortController().signal;
  const closed = new AbortController();
  fleet.connection.transport.onClosed(() => closed.abort());
  const stopped = AbortSignal.any([signal, closed.signal]);
  let last = performance.now();
  try {
    for (;;) {
      const counts = chosen(await read(reader), options, wanted);
      if (counts.size === 0 && rates.isNew && !stopped.aborted) throw noServer(fleet, wanted);
      const now = performance.now();
      const found = rates.read(counts);
      if (found !== undefined) tell(io, options, { found, counts, seconds: (now - last) / 1_000 });
      if (stopped.aborted || (found !== undefined && options.once === true)) return EXIT.ok;
      last = now;
      await pause(options.interval - (performance.now() - now), stopped);
    }
  } finally {
    reader.close();
  }
}

/** @throws CommandFailure with exit code 5 if this user may not ask */
async function read(reader: FiguresReader): Promise<FleetCounts> {
  return reader.read().catch((thrown: unknown) => {
    if (!isRpcError(thrown) || thrown.code !== 'permission_denied') throw thrown;
    throw new CommandFailure(
      thrown.rawMessage,
      'let it publish to $SRV.>, and subscribe to its replies; if it can subscribe only to rpcr.NAME.>, add --inbox NAME',
      EXIT.unreachable,
    );
  });
}

function chosen(all: FleetCounts, { topic }: TopOptions, wanted: NamedInterface | undefined): FleetCounts {
  const isChosen = (service: ServiceCounts) =>
    (wanted?.major === undefined || service.endpoint === `${wanted.name}@${wanted.major}`) &&
    (topic === undefined || topic.some((each) => service.topic === `${each.exchange}/${each.topic}`));
  return new Map([...all].filter(([, service]) => isChosen(service)));
}

function noServer(fleet: Fleet, wanted: NamedInterface | undefined): CommandFailure {
  const major = wanted?.major === undefined ? '' : `@${wanted.major}`;
  const what = wanted === undefined ? '' : ` that serves ${wanted.name}${major}`;
  return new CommandFailure(
    `no server${what} answered at ${fleet.broker}`,
    'servers answer unless they have `services: false`; list them: concord ls',
    EXIT.unreachable,
  );
}

/** The rates of one interval. */
interface Tick {
  readonly found: readonly MethodRates[];
  readonly counts: FleetCounts;
  readonly seconds: number;
}

function tell(io: Io, { json, sort, limit, once }: TopOptions, { found, counts, seconds }: Tick): void {
  const servers = new Set([...counts.values()].map(({ server }) => server)).size;
  if (json === true) {
    const methods = sorted(found, sort);
    io.out(`${plainJson({ at: new Date(), seconds: Math.round(seconds * 1_000) / 1_000, servers, methods })}\n`, 'data');
    return;
  }
  if (io.isTerminal && once !== true) io.out(CLEAR, 'data');
  io.out(ratesText(found, { by: sort, most: limit, servers }));
  if (!io.isTerminal && once !== true) io.out('\n');
}

/** Waits; a stop ends the wait. */
function pause(milliseconds: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.max(0, milliseconds));
    stopped.addEventListener('abort', done);
    if (stopped.aborted) done();
  });
}
