/** `concord call`: calls a method of a live fleet, and prints its result, or its items as they come. */
import { type Command, Option } from 'commander';
import type { MethodCall } from '../calls/method-call';
import { runCall } from '../calls/run-call';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { addCallOptions, type CallCommandOptions, parseCount, parseTime } from '../inputs/call-options';
import { plainJson } from '../plain/plain-json';

interface SingleCallOptions extends CallCommandOptions {
  readonly to?: string;
  /** Milliseconds. */
  readonly monitor?: number | true;
  readonly limit?: number;
}

/** Milliseconds between heartbeats unless `--monitor` states another time. */
const HEARTBEAT = 1_000;

/** Adds options and action to the command `call`. */
export function defineCall(command: Command, run: Runner): void {
  addCallOptions(command, [
    'call DhcpPluginApi@1.getPorts --arg host=node-1',
    `call DhcpPluginApi@1.getPorts '{"host":"node-1","limit":5}' --verbose`,
    `call DhcpPluginApi@1.getPorts '["node-1"]' --to controller-1`,
  ])
    .description(
      'Call a method of a live fleet and print the result as JSON, or the items of a stream, one in a line. The contract comes from the newest server, and the arguments are checked against it before they are sent.',
    )
    .option('--to <SERVER>', 'the server to call (default: any that serves the version)')
    .addOption(
      new Option(
        '--monitor [TIME]',
        'the longest time between heartbeats of the server (default: 1s); prints progress',
      ).argParser(parseTime),
    )
    .addOption(new Option('--limit <NUMBER>', 'end a stream after so many items').argParser(parseCount))
    .action(run(call));
}

function call(io: Io, text: string, json: string | undefined, options: SingleCallOptions): Promise<ExitCode> {
  const { monitor } = options;
  const monitored = monitor !== undefined && {
    monitor: monitor === true ? HEARTBEAT : monitor,
    onProgress: (value: unknown) => io.err(`progress: ${plainJson(value)}\n`),
  };
  return runCall(io, { text, json, options }, (prepared) => send(io, prepared, options), { ...monitored });
}

async function send(
  io: Io,
  { client, label, name, method, args }: MethodCall,
  { to, json, limit }: SingleCallOptions,
): Promise<ExitCode> {
  const { mode } = method;
  if (mode === 'cast' || mode === 'fanout') {
    throw new CommandFailure(
      `${label} has the mode ${mode}: it has no result`,
      `send it: concord ${mode} ${label}`,
      EXIT.refused,
    );
  }
  const called = to === undefined ? client : client.$to(to);
  const sent = called[name]!(...args);
  if (mode !== 'stream') {
    io.out(`${plainJson(await sent, json === true ? undefined : 2)}\n`, 'data');
    return EXIT.ok;
  }
  let items = 0;
  for await (const item of sent) {
    io.out(`${plainJson(item)}\n`, 'data');
    if (++items === limit) break;
  }
  return EXIT.ok;
}
