/** The measured fleet: three servers and two agents as processes, whose servers are upgraded one by one. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../run-command.mjs';

const PROGRAM = join(ROOT, 'scripts/prometheus/member.mjs');
const MEMBERS = { 'server-1': '1.4', 'server-2': '1.4', 'server-3': '1.4', 'agent-1': '1.4', 'agent-2': '1.5' };

/** The names of the servers. */
export const SERVERS = Object.keys(MEMBERS).filter((name) => name.startsWith('server'));

/** The running members. */
export class MeasuredFleet {
  #children = new Map();
  #ports = new Map();
  #url;

  constructor(url) {
    this.#url = url;
  }

  /** Starts servers before agents. */
  async start() {
    for (const [name, release] of Object.entries(MEMBERS)) {
      this.#ports.set(name, await freePort());
      await this.#run(name, release);
    }
  }

  /** The targets of Prometheus: the addresses of the members by job. */
  targets() {
    const of = (kind) => [...this.#ports].filter(([name]) => name.startsWith(kind)).map(([, port]) => `127.0.0.1:${port}`);
    return { servers: of('server'), agents: of('agent') };
  }

  /** Stops a server without losing a call, and starts it with another release at the same port. */
  async restart(name, release) {
    await this.#end(name);
    await this.#run(name, release);
  }

  /** The counts that agents made themselves, added up. */
  async counts() {
    const all = [];
    for (const [name, child] of this.#children) {
      if (!name.startsWith('agent')) continue;
      child.send('counts');
      const [counts] = await once(child, 'message');
      all.push(counts);
    }
    const sum = (key) => all.reduce((total, each) => total + each[key], 0);
    return { calls: sum('calls'), failed: sum('failed'), unexpected: all.flatMap(({ unexpected }) => unexpected) };
  }

  async stop() {
    for (const name of [...this.#children.keys()].reverse()) await this.#end(name);
  }

  async #run(name, release) {
    const spec = { kind: name.split('-')[0], name, release, port: this.#ports.get(name), url: this.#url };
    const child = fork(PROGRAM, [JSON.stringify(spec)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    await Promise.race([once(child, 'message'), once(child, 'exit').then(() => Promise.reject(new Error(`${name} has ended`)))]);
    this.#children.set(name, child);
  }

  async #end(name) {
    const child = this.#children.get(name);
    this.#children.delete(name);
    child.send('stop');
    await once(child, 'exit');
  }
}

/** Resolves to a port that is free now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
