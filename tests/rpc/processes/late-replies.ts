/** A process whose calls are all answered too late. Prints what became of the replies, and its heap, after each thousand. Needs `--expose-gc`. */
import { setTimeout as delay } from 'node:timers/promises';
import { connectionOf } from '@concord-rpc/client';
import { createClient, NatsTransport, RpcServer } from 'concord-rpc';
import { Work } from './work';

/** What it prints after each round. */
export interface Round {
  readonly deadlines: number;
  readonly lateReplies: number;
  readonly pending: number;
  readonly heap: number;
}

const CALLS = 1_000;

async function main([url, rounds]: string[]): Promise<void> {
  const [serving, calling] = [await NatsTransport.connect({ servers: url }), await NatsTransport.connect({ servers: url })];
  let ended = 0;
  const server = new RpcServer(serving).register(Work, {
    async sleep(milliseconds) {
      await delay(milliseconds);
      ended++;
      return 'too late';
    },
    hang: async () => undefined,
    exit: async () => undefined,
  });
  await server.start();
  const client = createClient(calling, Work, { timeout: 100 });
  for (let round = 1; round <= Number(rounds); round++) {
    const codes = await Promise.all(Array.from({ length: CALLS }, () => client.sleep(300).catch(({ code }) => code)));
    while (ended < round * CALLS) await delay(10);
    await serving.flush();
    await calling.flush();
    global.gc!();
    const { lateReplies, pending } = connectionOf(calling).pending.stats();
    const deadlines = codes.filter((code) => code === 'deadline_exceeded').length;
    const said: Round = { deadlines, lateReplies, pending, heap: process.memoryUsage().heapUsed };
    console.log(JSON.stringify(said));
  }
  await server.stop();
  await Promise.all([serving.close(), calling.close()]);
}

void main(process.argv.slice(2));
