/** A process that runs one role over NATS; it receives steps from the main process by IPC and returns reports. */
import { NatsTransport } from 'concord-rpc';
import { createRole } from './create-role';
import type { Report } from './story/journal';
import type { RoleName } from './story/role';

/** A message of the main process: run a step, or exit. */
export type Order = { readonly step: string } | { readonly end: true };
/** An answer to the main process: first that the role is ready, then a report or a failure for each step. */
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

// the main process has exited
process.once('disconnect', () => process.exit());

play(process.argv.slice(2)).catch((error: unknown) => {
  process.send?.({ failure: textOf(error) }, () => process.exit(1));
});
