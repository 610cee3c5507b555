/** Shows the fleet: a broker, the plugin and two agents as processes, and a client that asks each agent. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startNatsServer } from '@concord-rpc/testing';
import { createClient, NatsTransport } from 'concord-rpc';
import { AgentApi, PluginApi } from './contracts.js';

const HOSTS = ['node-1', 'node-2'];

/** Starts a process of the fleet. Resolves when it is ready. */
async function start(program: string, url: string, ...args: string[]): Promise<ChildProcess> {
  const child = fork(join(__dirname, program), args, { env: { ...process.env, NATS_URL: url } });
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} exited with code ${code} before it was ready`);
  });
  await Promise.race([once(child, 'message'), exited]);
  exited.catch(() => undefined);
  return child;
}

async function main(): Promise<void> {
  const own = process.env.NATS_URL === undefined ? await startNatsServer() : undefined; // needs the program nats-server
  const url = own?.url ?? process.env.NATS_URL!;
  const children: ChildProcess[] = [];
  try {
    children.push(await start('run-plugin.js', url, ...HOSTS));
    for (const host of HOSTS) children.push(await start('run-agent.js', url, host));

    const transport = await NatsTransport.connect({ servers: url });
    for await (const { server, value } of createClient(transport, AgentApi).$each.portsUp()) {
      console.log(`${server} has set up ${value?.join(', ')}`);
    }
    for (const host of HOSTS) {
      const [port] = await createClient(transport, PluginApi).getPorts(host);
      console.log(`the plugin knows ${port?.id} as ${port?.status}`);
    }
    await transport.close();
  } finally {
    await Promise.all(
      children.map(async (child) => {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }),
    );
    await own?.stop();
  }
  console.log('the fleet has stopped');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
