/** A process that loses its connection, and closes it when its parent says so. Nothing else keeps it alive. */
import { NatsTransport } from 'concord-rpc';

/** Milliseconds; far longer than any test. */
const FOR_EVER = 600_000;

async function run([url, library]: string[]): Promise<void> {
  let isConnected = false;
  const transport = await NatsTransport.connect({
    servers: url,
    library: library as 'nats',
    timeout: FOR_EVER,
    // called when the first attempt has failed, after which a wait begins
    reconnectDelayHandler: () => {
      if (isConnected) setImmediate(() => process.connected && process.send!('waits'));
      return FOR_EVER;
    },
    logger: { warn: () => undefined, error: () => undefined },
  });
  isConnected = true;
  process.once('message', () => {
    process.disconnect();
    void transport.close();
  });
  process.send!('connected');
}

void run(process.argv.slice(2));
