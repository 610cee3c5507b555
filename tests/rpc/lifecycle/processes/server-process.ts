/** A server process that stops on signals. Tells its parent when it serves, how many calls have begun, and each signal. */
import { setTimeout as delay } from 'node:timers/promises';
import { NatsTransport, RpcServer, rpcContext, stopOnSignals } from 'concord-rpc';
import { Work } from './work';

/** A message to its parent. */
export type Word = { readonly serves: string } | { readonly begun: number } | { readonly signal: string };

const tell = (word: Word) => process.send!(word);

async function serve([url, server, timeout]: string[]): Promise<void> {
  const transport = await NatsTransport.connect({ servers: url });
  let begun = 0;
  const begin = () => tell({ begun: ++begun });
  const rpc = new RpcServer(transport, { server }).register(Work, {
    async sleep(milliseconds) {
      begin();
      await delay(milliseconds);
      return server!;
    },
    hang() {
      rpcContext().progress('begun');
      begin();
      return new Promise<void>(() => undefined);
    },
    async exit(code) {
      process.exit(code);
    },
  });
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => tell({ signal }));
  stopOnSignals([rpc, transport], { timeout: Number(timeout) });
  await rpc.start();
  tell({ serves: server! });
}

void serve(process.argv.slice(2));
