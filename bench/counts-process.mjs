/**
 * One process whose work is counted: the client or the server of `bench/counts.mjs`. Counters are set before anything else is loaded. Memory is measured in
 * processes without them, because they allocate.
 */
import { createHook } from 'node:async_hooks';
import { Socket } from 'node:net';
import { CALLS, ROWS } from './counts-rows.mjs';

const COUNTED = { PROMISE: 'promises', Timeout: 'timers', Immediate: 'immediates' };
const counts = { promises: 0, timers: 0, immediates: 0, messages: 0, writes: 0, bytes: 0 };

const { role, url, isCounting } = JSON.parse(process.argv[2]);
if (isCounting) {
  createHook({
    init(_id, type) {
      const name = COUNTED[type];
      if (name !== undefined) counts[name]++;
    },
  }).enable();
}
for (const name of isCounting ? ['_write', '_writev'] : []) {
  const write = Socket.prototype[name];
  Socket.prototype[name] = function counted(...args) {
    counts.writes++;
    for (const { chunk } of name === '_write' ? [{ chunk: args[0] }] : args[0]) {
      const data = Buffer.from(chunk);
      counts.bytes += data.length;
      counts.messages += data
        .toString('latin1')
        .split(/\r\n|^/)
        .filter((line) => /^H?PUB /.test(line)).length;
    }
    return write.apply(this, args);
  };
}

const { serve, connect } = await import('./contenders/concord.mjs');
const { createHandlers, PORT } = await import('./methods.mjs');
const place = { url, scope: `counts-${isCounting}`, servers: 1, methods: 0, options: {} };
const clients = {};
if (role === 'server') await serve({ ...place, handlers: createHandlers() });
else for (const batch of ['auto', false]) clients[batch] = await connectKnowing(batch);

let before;
let heapBefore;

const COMMANDS = {
  /** Makes calls that are not counted, so that the code is optimised. */
  async warm({ row }) {
    await run(row, 6 * CALLS);
  },
  begin() {
    globalThis.gc();
    before = { ...counts };
    heapBefore = process.memoryUsage().heapUsed;
  },
  async run({ row }) {
    await run(row, CALLS);
  },
  end() {
    if (!isCounting) return { allocated: process.memoryUsage().heapUsed - heapBefore };
    return Object.fromEntries(Object.keys(counts).map((name) => [name, counts[name] - before[name]]));
  },
};

process.on('disconnect', () => process.exit());
process.on('message', ({ command, options }) => {
  const done = COMMANDS[command](options ?? {});
  if (done instanceof Promise)
    done.then(
      () => process.send({}),
      (error) => process.send({ error: String(error?.stack) }),
    );
  else process.send({ value: done });
});
process.send({});

/** Connects a client, and waits until it knows the servers: before that, it joins no calls. */
async function connectKnowing(batch) {
  const client = await connect({ ...place, options: { batch } });
  await client.call.$servers();
  return client;
}

/** Makes so many calls of a row, as many at once as it says. */
async function run(id, calls) {
  const { together = 1, batch = 'auto', send } = ROWS.find((row) => row.id === id);
  const client = clients[batch];
  for (let made = 0; made < calls; made += together) {
    if (together === 1) await send(client, PORT);
    else await Promise.all(Array.from({ length: together }, () => send(client, PORT)));
  }
}
