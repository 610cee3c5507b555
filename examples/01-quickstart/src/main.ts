/** Runs the story of one interface through three releases: on the memory transport, or over NATS with `--nats URL`. */
import { isRpcError, MemoryTransport, NatsTransport, type Transport } from 'concord-rpc';
import { tellStory } from './story';

const USAGE = `usage: node dist/main.js [--nats URL]

Takes one interface through its releases 1.0, 1.1 and 1.2, with servers and clients of different releases meeting.
  --nats URL   over a NATS server, for instance nats://127.0.0.1:4222; without it in this process alone`;

async function connect([option, url, ...rest]: string[]): Promise<Transport | string> {
  if (option === undefined) return new MemoryTransport();
  if (option !== '--nats' || url === undefined || rest.length > 0) return USAGE;
  // with its own root, the example does not disturb other users of the broker
  return NatsTransport.connect({ servers: url, reconnect: false, root: `quickstart-${process.pid}` });
}

async function main(args: string[]): Promise<number> {
  if (args[0] === '--help') {
    console.log(USAGE);
    return 0;
  }
  const transport = await connect(args);
  if (typeof transport === 'string') {
    console.error(transport);
    return 1;
  }
  const where = args.length === 0 ? 'on the memory transport' : 'over NATS';
  console.log(`One interface through its releases 1.0, 1.1 and 1.2, ${where}`);
  try {
    await tellStory(transport);
    return 0;
  } finally {
    await transport.close();
  }
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
