/** A process that plays one role over NATS; the main process tells it by IPC what to do and hears what came of it. */
import { NatsTransport } from 'concord-rpc';
import { createRole } from './create-role';
import type { Report } from './story/journal';
import type { RoleName } from './story/role';

/** What the main process sends: do this step, or end. */
export type Order = { readonly step: string } | { readonly end: true };
/** What it gets back: at first that the role is ready, then a report for each step, or why there is none. */
export type Answer = { readonly report: Report | null } | { readonly failure: string };

async function play([name, url, root]: string[]): Promise<void> {
  const transport = await NatsTransport.connect({ servers: url, root, name });
  const role = createRole(name as RoleName, transport);
  process.on('message', async (order: Order) => {
    try {
      if ('step' in order) return send({ report: await role.perform(order.step) });
      await role.stop();
      await transport.close();
      process.disconnect();
    } catch (error) {
      send({ failure: textOf(error) });
    }
  });
  send({ report: null });
}

function send(answer: Answer): void {
  process.send?.(answer);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// the main process is gone: nobody is left to play for
process.once('disconnect', () => process.exit());

play(process.argv.slice(2)).catch((error: unknown) => {
  send({ failure: textOf(error) });
  process.exitCode = 1;
});
