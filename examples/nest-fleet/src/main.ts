/** Runs a control plane and agents of NestJS: on the memory transport, or over NATS with `--nats URL`. */
import { isRpcError, MemoryTransport, NatsTransport, type Transport } from 'concord-rpc';
import { tellStory } from './story';

const USAGE = `usage: node dist/main.js [--nats URL]

Starts a control plane and three agents as applications of NestJS, and stops one of them under load.
  --nats URL   over a NATS server, for instance nats://127.0.0.1:4222; without it in this process alone`;

/** Returns a function that makes a connection; the usage if the options are wrong. */
function connector([option, url, ...rest]: string[]): (() => Promise<Transport>) | string {
  if (option === undefined) {
    const shared = new MemoryTransport();
    return async () => withoutClose(shared);
  }
  if (option !== '--nats' || url === undefined || rest.length > 0) return USAGE;
  // with its own root, the example does not disturb other users of the broker
  return () => NatsTransport.connect({ servers: url, reconnect: false, root: `nest-fleet-${process.pid}` });
}

/** The applications share one memory transport, and none of them closes it. */
function withoutClose(shared: MemoryTransport): Transport {
  return Object.create(shared, { close: { value: async () => undefined } }) as Transport;
}

async function main(args: string[]): Promise<number> {
  if (args[0] === '--help') {
    console.log(USAGE);
    return 0;
  }
  const connect = connector(args);
  if (typeof connect === 'string') {
    console.error(connect);
    return 1;
  }
  const first = await connect(); // a broker that is not there is told in one line
  await first.close();
  console.log(`A fleet of NestJS, ${args.length === 0 ? 'on the memory transport' : 'over NATS'}`);
  await tellStory(connect);
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(isRpcError(error) ? error.message : error);
    process.exitCode = 1;
  },
);
