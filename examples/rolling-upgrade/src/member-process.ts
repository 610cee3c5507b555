/** A process that is one member over NATS; the main process asks it by IPC what it has counted, and when to end. */
import { NatsTransport } from 'concord-rpc';
import type { MemberSpec } from './member';
import { startMember } from './stages';
import type { Tally } from './tally';

/** What the main process sends: report, or end. */
export type Order = { readonly phase: string } | { readonly end: true };
/** What it gets back: at first that the member is at work, then a report for each order, or why there is none. */
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

// the main process is gone: nobody is left to play for
process.once('disconnect', () => process.exit());

play(process.argv.slice(2)).catch((error: unknown) => {
  send({ failure: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
});
