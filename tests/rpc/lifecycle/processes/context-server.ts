/** A server process without clients. Code that its handler calls asks for the request, after awaits. */
import { setTimeout as delay } from 'node:timers/promises';
import { NatsTransport, RpcServer, rpcContext } from 'concord-rpc';
import { Work } from './work';

/** Asks far from the handler: the source of the handler does not name the function that is called here. */
async function callerAfter(milliseconds: number): Promise<string> {
  await delay(milliseconds);
  await null;
  return rpcContext().caller ?? 'no caller';
}

async function serve([url]: string[]): Promise<void> {
  const server = new RpcServer(await NatsTransport.connect({ servers: url }), { server: 'context' });
  server.register(Work, {
    sleep: (milliseconds) => callerAfter(milliseconds),
    hang: async () => undefined,
    exit: async () => undefined,
  });
  await server.start();
  process.send!({ serves: 'context' });
}

void serve(process.argv.slice(2));
