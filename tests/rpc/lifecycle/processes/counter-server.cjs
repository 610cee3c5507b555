/** A server in a process of its own, of the built packages, so that a test can stop and wake it: `counter-server.cjs URL NAME`. */
const { Arg, Endpoint, NatsTransport, RpcMethod, RpcServer, remote } = require('concord-rpc');

/** The same as the contract of hung-servers.spec.ts. */
class Counter {
  add(_load) {
    return remote();
  }
  total() {
    return remote();
  }
}
Arg({ type: String, optional: true })(Counter.prototype, 'add', 0);
for (const name of ['add', 'total']) {
  RpcMethod({ idempotent: true })(Counter.prototype, name, Object.getOwnPropertyDescriptor(Counter.prototype, name));
}
Endpoint({ topic: 'counter' })(Counter);

async function main([url, server]) {
  const transport = await NatsTransport.connect({ servers: url });
  let total = 0;
  await new RpcServer(transport, { server })
    .register(Counter, { add: async () => `${server} ${++total}`, total: async () => total })
    .start();
  process.stdout.write('serving\n');
}

main(process.argv.slice(2));
