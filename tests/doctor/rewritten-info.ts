/** A broker whose first line is rewritten on its way: other releases and states of nats-server than the installed one. */
import { type AddressInfo, connect, createServer } from 'node:net';

/** Starts a proxy in front of a broker. `facts` replace those in the first line of each connection. */
export async function rewrittenInfo(port: number, facts: object): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((client) => {
    const broker = connect({ host: '127.0.0.1', port });
    let first = Buffer.alloc(0);
    const rewrite = (chunk: Buffer) => {
      first = Buffer.concat([first, chunk]);
      const end = first.indexOf('\r\n');
      if (end < 0) return;
      broker.off('data', rewrite);
      const info = JSON.parse(first.subarray('INFO '.length, end).toString());
      client.write(`INFO ${JSON.stringify({ ...info, ...facts })}`);
      client.write(first.subarray(end));
      broker.pipe(client);
    };
    broker.on('data', rewrite);
    client.pipe(broker);
    for (const [end, other] of [[client, broker] as const, [broker, client] as const]) {
      end.on('error', () => other.destroy());
      end.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}
