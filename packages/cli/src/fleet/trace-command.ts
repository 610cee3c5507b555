/** `concord trace`: shows which servers would take a call and why the others would not, without sending it. */
import type { Command } from 'commander';
import { prepareCall } from '../calls/method-call';
import { traceCall } from '../calls/trace-servers';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { addCallOptions, type CallCommandOptions } from '../inputs/call-options';
import { withFleet } from '../live/with-fleet';
import { plainJson } from '../plain/plain-json';
import { traceText } from '../views/trace-view';

interface TraceOptions extends CallCommandOptions {
  readonly to?: string;
}

/** Adds options and action to the command `trace`. */
export function defineTrace(command: Command, run: Runner): void {
  addCallOptions(command, [
    'trace DhcpPluginApi@1.getPorts',
    `trace DhcpPluginApi@1.getPorts '["node-1",null,5]' --to controller-1`,
  ])
    .description(
      'Show which servers would take a call, and why the others would not, from the announcements of the servers. The call is not sent. Without arguments, the call needs the version of its method. Exit code 5 if no server would take it.',
    )
    .option('--to <SERVER>', 'the server that the call names (default: any)')
    .action(run(trace));
}

function trace(io: Io, text: string, json: string | undefined, options: TraceOptions): Promise<ExitCode> {
  return withFleet(io, options, async (fleet) => {
    const call = await prepareCall(io, fleet, { text, json, options, mayLackArguments: true });
    const traced = await traceCall(fleet, call, options.to);
    if (options.json === true) io.out(`${plainJson(traced, 2)}\n`, 'data');
    else io.out(traceText(traced));
    return traced.servers.some(({ takes }) => takes !== 'no') ? EXIT.ok : EXIT.unreachable;
  });
}
