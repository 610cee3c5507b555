/** `concord describe`: shows an interface of a live fleet, or a method with arguments to fill in. */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { addLiveOptions } from '../inputs/live-options';
import { readName } from '../inputs/method-name';
import { type LiveContract, liveContract } from '../live/live-contract';
import { methodOf, withMethodAlone } from '../live/method-of';
import { type LiveOptions, withFleet } from '../live/with-fleet';
import { plainJson } from '../plain/plain-json';
import { describedMethodText, endpointText, versionCounts } from '../views/contract-view';
import { argumentTemplate } from '../views/template';

/** Adds options and action to the command `describe`. */
export function defineDescribe(command: Command, run: Runner): void {
  addLiveOptions(command, ['describe DhcpPluginApi@1', 'describe DhcpPluginApi@1.getPorts', 'describe DhcpPluginApi --json'])
    .description(
      'Show an interface as its newest server serves it, or one method with its types and a command line to fill in. No project is needed: the server sends its contract.',
    )
    .argument('<name>', 'an interface or a method: Ports@1 or Ports@1.list; without a major, the newest')
    .action(run(runDescribe));
}

async function runDescribe(io: Io, text: string, options: LiveOptions): Promise<ExitCode> {
  const wanted = readName(text);
  return withFleet(io, options, async (fleet) => {
    const live = await liveContract(fleet, wanted);
    if (wanted.method === undefined) {
      io.out(options.json === true ? jsonOf(live) : endpointText(live), options.json === true ? 'data' : undefined);
      return EXIT.ok;
    }
    const { name } = methodOf(live, wanted.method);
    const alone = withMethodAlone(live, name);
    const method = alone.document.endpoints[alone.key]!.methods[name]!;
    if (options.json === true) io.out(jsonOf(alone, { template: argumentTemplate(alone.document, method) }), 'data');
    else io.out(describedMethodText(alone, name, method));
    return EXIT.ok;
  });
}

function jsonOf(live: LiveContract, more: object = {}): string {
  const { key, address, document } = live;
  const topic = `${address.exchange}/${address.topic}`;
  return `${plainJson({ endpoint: key, topic, versions: versionCounts(live), contract: document, ...more }, 2)}\n`;
}
