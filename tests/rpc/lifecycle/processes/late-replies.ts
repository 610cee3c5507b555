/** A process whose calls are all answered too late. Prints the counters and the heap after each thousand calls. Needs `--expose-gc`. */
import { connectionOf } from '@concord-rpc/client';
import { createClient, NatsTransport, RpcServer } from 'concord-rpc';
import { Work } from './work';

/** A line of output: the counters after a round. */
export interface Round {
  readonly deadlines: number;
  readonly lateReplies: number;
  readonly pending: number;
  readonly heap: number;
}

const CALLS = 1_000;

async function main([url, rounds]: string[]): Promise<void> {
  const [serving, calling] = [await NatsTransport.connect({ servers: url }), await NatsTransport.connect({ servers: url })];
  const waiting: ((result: string) => void)[] = [];
  let allWait: () => void = () => undefined;
  const server = new RpcServer(serving).register(Work, {
    sleep: () =>
      new Promise((resolve) => {
        if (waiting.push(resolve) === CALLS) allWait();
      }),
    hang: async () => undefined,
    exit: async () => undefined,
  });
  await server.start();
  const client = createClient(calling, Work, { timeout: 1_000 });
  for (let round = 1; round <= Number(rounds); round++) {
    const begun = new Promise<void>((resolve) => (allWait = resolve));
    const calls = Array.from({ length: CALLS }, () => client.sleep(0));
    const codes = Promise.all(calls.map((call) => call.catch(({ code }) => code)));
    await begun;
    const deadlines = (await codes).filter((code) => code === 'deadline_exceeded').length;
    for (const answer of waiting.splice(0)) answer('too late');
    await new Promise((resolve) => setImmediate(resolve));
    await serving.flush();
    await calling.flush();
    global.gc!();
    const { lateReplies, pending } = connectionOf(calling).pending.stats();
    const said: Round = { deadlines, lateReplies, pending, heap: process.memoryUsage().heapUsed };
    console.log(JSON.stringify(said));
  }
  await server.stop();
  await Promise.all([serving.close(), calling.close()]);
}

void main(process.argv.slice(2));
