/** `concord inspect`: serves a page that shows a live fleet in a browser of this machine. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandFailure } from '../console/command-failure';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { addLiveOptions } from '../inputs/live-options';
import { type LiveOptions, withFleet } from '../live/with-fleet';
import { plainJson } from '../plain/plain-json';
import { untilStopped } from '../topics/until-stopped';

interface InspectOptions extends LiveOptions {
  readonly port?: number;
  readonly readOnly?: boolean;
}

/** Adds options and action to the command `inspect`. */
export function defineInspect(command: Command, run: Runner): void {
  addLiveOptions(command, ['inspect', 'inspect --port 4280 --read-only', 'inspect --topic neutron/q-plugin'])
    .description(
      'Serve a page on 127.0.0.1 that shows a live fleet in a browser: servers, versions, contracts, callers, latencies. The printed address has a token, which the page needs. This process connects to NATS; the browser does not.',
    )
    .addOption(new Option('--port <NUMBER>', 'the port on 127.0.0.1 (default: any that is free)').argParser(parsePort))
    .option('--read-only', 'do not let the page call methods')
    .action(run(runInspect));
}

async function runInspect(io: Io, options: InspectOptions): Promise<ExitCode> {
  return withFleet(io, options, async (fleet) => {
    const [{ startInspector }, { liveSource }] = await Promise.all([
      import('@concord-rpc/inspector'),
      import('./live-source.js'),
    ]);
    const { source, end } = liveSource(fleet, options);
    const inspector = await startInspector(source, options).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'EADDRINUSE' && thrown.code !== 'EACCES') throw thrown;
      throw new CommandFailure(`port ${options.port} is in use or not allowed`, 'name another: --port NUMBER');
    });
    try {
      if (options.json === true) io.out(`${plainJson({ url: inspector.url })}\n`, 'data');
      else {
        io.out(`${inspector.url}\n`, 'data'); // with its token: as text it would lose it
        io.out('open this address in a browser; Ctrl-C ends the inspector\n');
      }
      await untilStopped(io, fleet.connection.transport);
      return EXIT.ok;
    } finally {
      end();
      await inspector.close();
    }
  });
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('Write a port from 1 to 65535.');
}
