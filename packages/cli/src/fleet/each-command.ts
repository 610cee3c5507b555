/** `concord each`: calls a method on every server of its topic, or on those that fit, and prints each answer as it comes. */
import type { EachAnswer } from '@concord-rpc/client';
import { type Command, Option } from 'commander';
import type { MethodCall } from '../calls/method-call';
import { runCall } from '../calls/run-call';
import { EXIT, type ExitCode, exitCodeOfCall } from '../console/exit-codes';
import type { Io } from '../console/io';
import { counted } from '../console/plural';
import type { Runner } from '../console/runner';
import { addCallOptions, type CallCommandOptions, type NamedText, parseCount, parseNamed } from '../inputs/call-options';
import { plainJson } from '../plain/plain-json';

interface EachCommandOptions extends CallCommandOptions {
  readonly where?: readonly NamedText[];
  readonly versions?: readonly string[];
  readonly batch?: number;
  readonly limit?: number;
}

/** Adds options and action to the command `each`. */
export function defineEach(command: Command, run: Runner): void {
  addCallOptions(command, [
    'each DhcpPluginApi@1.getPorts --arg host=node-1',
    `each DhcpPluginApi@1.getPorts '["node-1"]' --where zone=a --batch 10`,
  ])
    .description(
      'Call a method on every server of its topic, and print each answer when it comes. A server that does not answer is an error. The exit code is that of the worst answer.',
    )
    .addOption(
      new Option('--where <LABEL=VALUE>', 'only servers with this label; can be given several times').argParser(parseNamed),
    )
    .option('--versions <versions...>', 'only servers at one of these versions, major.minor')
    .addOption(new Option('--batch <NUMBER>', 'the servers that are asked at a time (default: all)').argParser(parseCount))
    .addOption(new Option('--limit <NUMBER>', 'only so many servers, the first by name').argParser(parseCount))
    .action(run(each));
}

function each(io: Io, text: string, json: string | undefined, options: EachCommandOptions): Promise<ExitCode> {
  const { where, versions, batch, limit } = options;
  const chosen = {
    ...((where ?? versions) !== undefined && { where: { labels: where && Object.fromEntries(where), versions } }),
    ...(batch !== undefined && { batch }),
    ...(limit !== undefined && { limit }),
  };
  return runCall(io, { text, json, options }, (call) => askEach(io, call, options), { each: chosen });
}

async function askEach(io: Io, { client, name, args }: MethodCall, { json }: EachCommandOptions): Promise<ExitCode> {
  let [answered, failed] = [0, 0];
  let worst: ExitCode = EXIT.ok;
  for await (const answer of client.$each[name]!(...args) as AsyncIterable<EachAnswer<unknown>>) {
    const { server, error, value } = answer;
    answered++;
    if (error !== undefined) {
      failed++;
      worst = Math.max(worst, exitCodeOfCall(error)) as ExitCode;
    }
    if (json === true)
      io.out(`${plainJson(error === undefined ? { server, value } : { server, error: error.toWire() })}\n`, 'data');
    else if (error === undefined) io.out(`${server}  ${plainJson(value)}\n`, 'data');
    else io.out(`${server}  error: ${error.message}\n`);
  }
  io.err(`${counted(answered, 'server')}, ${failed} failed\n`);
  return answered === 0 ? EXIT.unreachable : worst;
}
