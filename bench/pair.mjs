/** The parent's side of a running contender: its client process and its server process. */
import { fork } from 'node:child_process';
import { performance } from 'node:perf_hooks';

const PROGRAM = new URL('./pair-process.mjs', import.meta.url).pathname;

/** Starts a contender's processes: first the server, then the client, which has made its first call when this resolves. */
export async function startPair(contender, deployment, url) {
  const start = (role) => startProcess({ contenderId: contender.id, role, url, deployment });
  if (contender.inProcess) {
    const both = await start('both');
    return new Pair(contender, both, undefined);
  }
  const server = await start('server');
  return new Pair(contender, await start('client'), server);
}

/** Client and server of a contender. `server` is undefined if both are one process. */
class Pair {
  constructor(contender, client, server) {
    this.contender = contender;
    this.client = client;
    this.server = server;
  }

  /** Milliseconds of CPU that each has used. */
  async cpu() {
    const [client, server] = await this.ask('cpu');
    return { client, server };
  }

  /** Sends a command to both; resolves to `[client, server]`. */
  ask(command, options) {
    return Promise.all([this.client.ask(command, options), this.server?.ask(command, options)]);
  }

  async stop() {
    await Promise.all([this.client.stop(), this.server?.stop()]);
  }
}

/** Starts one process; resolves when it is ready. */
export function startProcess(setting) {
  const started = performance.now();
  const child = fork(PROGRAM, [JSON.stringify(setting)], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map();
  let next = 0;
  const handle = {
    /** Sends a command; resolves to its answer. */
    ask: (command, options) =>
      new Promise((resolve, reject) => {
        const id = next++;
        waiting.set(id, { resolve, reject });
        child.send({ id, command, options });
      }),
    /** Ends the process; resolves when it has exited. */
    stop: () => {
      child.removeAllListeners('exit');
      if (!child.connected) return undefined;
      child.disconnect();
      return new Promise((resolve) => child.once('exit', resolve));
    },
  };
  return new Promise((resolve, reject) => {
    const who = `${setting.role} of ${setting.contenderId}`;
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const error = new Error(`the ${who} ended (${signal ?? code})`);
      reject(error);
      for (const each of waiting.values()) each.reject(error);
    });
    child.on('message', ({ id, ready, cpu, value, error }) => {
      if (ready) return resolve({ ...handle, wallToReady: performance.now() - started, cpuToReady: cpu });
      const { resolve: settle, reject: fail } = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) settle(value);
      else fail(new Error(`${who}: ${error}`));
    });
  });
}
