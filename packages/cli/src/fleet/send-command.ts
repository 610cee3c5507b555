/** `concord cast` and `concord fanout`: send a call without a result, to one server or to all. */
import type { Command } from 'commander';
import { runCall } from '../calls/run-call';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { addCallOptions, type CallCommandOptions } from '../inputs/call-options';
import { plainJson } from '../plain/plain-json';

interface SendOptions extends CallCommandOptions {
  readonly to?: string;
}

/** Adds options and action to the command `cast`. */
export function defineCast(command: Command, run: Runner): void {
  addCallOptions(command, [`cast DhcpPluginApi@1.releaseDhcpPort '["net-7","dev-1"]'`])
    .description(
      'Send a call without a result to one server. The broker confirms the message; whether the handler succeeds is not known.',
    )
    .option('--to <SERVER>', 'the server to send to (default: any that serves the version)')
    .action(run(sendAs('$cast')));
}

/** Adds options and action to the command `fanout`. */
export function defineFanout(command: Command, run: Runner): void {
  addCallOptions(command, [`fanout DhcpPluginApi@1.releaseDhcpPort '["net-7","dev-1"]'`])
    .description('Send a call without a result to every server of the topic, to each in the newest form that it takes.')
    .action(run(sendAs('$fanout')));
}

function sendAs(form: '$cast' | '$fanout') {
  return (io: Io, text: string, json: string | undefined, options: SendOptions): Promise<ExitCode> =>
    runCall(io, { text, json, options }, async ({ client, label, name, args }) => {
      const called = options.to === undefined ? client : client.$to(options.to);
      await called[form][name]!(...args);
      if (options.json === true) io.out(`${plainJson({ sent: label })}\n`, 'data');
      else io.out(`sent ${label}\n`);
      return EXIT.ok;
    });
}
