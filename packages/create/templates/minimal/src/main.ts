/** Runs a server and a client in one process: on the memory transport, or over NATS if NATS_URL is set. */
import { createClient, MemoryTransport, NatsTransport, RpcServer } from 'concord-rpc';
import { Greeter } from './contract.js';
import { GreeterService } from './greeter-service.js';

async function main(): Promise<void> {
  const url = process.env.NATS_URL;
  const transport = url === undefined ? new MemoryTransport() : await NatsTransport.connect({ servers: url });
  const server = new RpcServer(transport).register(Greeter, new GreeterService());
  await server.start();

  const greeter = createClient(transport, Greeter);
  console.log((await greeter.greet('Ann')).text); // needs 1.0
  console.log((await greeter.greet('Ann', 'fr')).text); // needs 1.1

  await server.stop();
  await transport.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
