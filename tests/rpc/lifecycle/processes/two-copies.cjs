/** A process with two copies of the built packages. Each stops on SIGTERM; the handler of the second takes longer. */
const first = require('concord-rpc');
for (const path of Object.keys(require.cache)) if (/packages.[a-z-]+.dist/.test(path)) delete require.cache[path];
const second = require('concord-rpc');

class Jobs {
  run() {
    return first.remote();
  }
}
first.RpcMethod({ returns: String })(Jobs.prototype, 'run', Object.getOwnPropertyDescriptor(Jobs.prototype, 'run'));
first.Endpoint({ topic: 'jobs' })(Jobs);

/** Serves a job that ends when the stop of the other copy has begun, in the order of the turns. */
async function serve(copy, name, turns) {
  const transport = new copy.MemoryTransport();
  const running = new Promise((resolve) => {
    const server = new copy.RpcServer(transport).register(Jobs, {
      async run() {
        resolve();
        await stopped;
        for (let turn = 0; turn < turns; turn++) await new Promise((next) => setImmediate(next));
        process.stdout.write(`${name}\n`);
        return name;
      },
    });
    copy.stopOnSignals([server, transport]);
    void server.start().then(() => copy.createClient(transport, Jobs).run());
  });
  await running;
}

const stopped = new Promise((resolve) => process.once('SIGTERM', resolve));
void Promise.all([serve(first, 'short', 1), serve(second, 'long', 2_000)]).then(() => process.send('running'));
