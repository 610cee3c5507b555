/** A test for Node's own runner, of the built packages: its mock timers stand still for calls, and make deadlines pass. */
const assert = require('node:assert/strict');
const { afterEach, mock, test } = require('node:test');
const { Arg, createClient, Endpoint, MemoryTransport, RpcMethod, RpcServer, remote, rpcContext } = require('concord-rpc');

class Clocks {
  half() {
    return remote();
  }
  hang() {
    return remote();
  }
}
const decorate = (method, options) =>
  RpcMethod(options)(Clocks.prototype, method, Object.getOwnPropertyDescriptor(Clocks.prototype, method));
Arg({ name: 'value', type: Number })(Clocks.prototype, 'half', 0);
decorate('half', { returns: Number });
decorate('hang', {});
Endpoint({ topic: 'clocks' })(Clocks);

afterEach(() => mock.timers.reset());

for (const when of ['before', 'after']) {
  test(`mock timers that are enabled ${when} the server starts`, async () => {
    let signal;
    const hang = () => {
      signal = rpcContext().signal;
      return new Promise(() => undefined);
    };
    const logger = { warn: () => undefined, error: () => undefined };
    const transport = new MemoryTransport();
    const server = new RpcServer(transport, { server: 's1', logger }).register(Clocks, { half: (value) => value / 2, hang });
    if (when === 'before') mock.timers.enable();
    await server.start();
    if (when === 'after') mock.timers.enable();

    const clocks = createClient(transport, Clocks, { timeout: 60_000 });
    assert.equal(await clocks.half(2), 1);
    const call = clocks.hang().catch((error) => error);
    assert.equal(await clocks.half(4), 2);
    mock.timers.tick(50_000);
    assert.equal(signal.aborted, false);
    mock.timers.tick(10_000);
    assert.equal((await call).code, 'deadline_exceeded');
    assert.equal(signal.aborted, true);
    await server.stop({ now: true });
  });
}
