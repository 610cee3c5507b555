/** A process that runs one member over NATS; the main process asks it by IPC for its counts, and to exit. */
import { NatsTransport } from 'concord-rpc';
import type { MemberSpec } from './member';
import { startMember } from './stages';
import type { Tally } from './tally';

/** A message of the main process: report, or exit. */
export type Order = { readonly phase: string } | { readonly end: true };
/** An answer to the main process: first that the member has started, then counts or a failure for each order. */
export type Answer = { readonly tally: Tally | null } | { readonly failure: string };

async function play([spec, url, root]: string[]): Promise<void> {
  const { name } = JSON.parse(spec!) as MemberSpec;
  const transport = await NatsTransport.connect({ servers: url!, root, name });
  const member = await startMember(transport, JSON.parse(spec!) as MemberSpec);
  process.on('message', async (order: Order) => {
    if ('phase' in order) return send({ tally: await member.report(order.phase) });
    await member.stop();
    await transport.close();
    process.disconnect();
  });
  send({ tally: null });
}

function send(answer: Answer): void {
  process.send?.(answer);
}

// the main process has exited
process.once('disconnect', () => process.exit());

play(process.argv.slice(2)).catch((error: unknown) => {
  process.send?.({ failure: error instanceof Error ? error.message : String(error) }, () => process.exit(1));
});
