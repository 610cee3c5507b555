/** The story: a fleet starts, an operator changes it, and one agent leaves while it works. */
import { ConcordHealthIndicator } from '@concord-rpc/nestjs';
import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createClient, isRpcError, type Transport } from 'concord-rpc';
import { AgentModule } from './agent';
import { AgentApi, ControlApi, UnknownAgent } from './contracts';
import { Audit, ControlPlaneModule } from './control-plane';

const TASKS = 200;

/** Runs the story. `connect` makes a connection for one application; every printed result is the actual result of a call. */
export async function tellStory(connect: () => Promise<Transport>): Promise<void> {
  const apps: INestApplicationContext[] = [];
  const start = async (module: DynamicModule) => {
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    apps.push(app);
    return app;
  };
  try {
    await start(ControlPlaneModule.with(connect));
    const transport = await connect();
    try {
      await tellOf(transport, (name) => start(AgentModule.with(name, connect)));
    } finally {
      await transport.close();
    }
  } finally {
    for (const app of apps.reverse()) await app.close();
  }
}

async function tellOf(transport: Transport, startAgent: (name: string) => Promise<INestApplicationContext>): Promise<void> {
  const operator = createClient(transport, ControlApi, { context: { caller: 'olga', role: 'operator' } });
  const visitor = operator.$with({ context: { caller: 'victor', role: 'visitor' } });

  const events = operator.events();
  const told = async () => {
    const { agent, what } = (await events.next()).value!;
    say(`event: ${agent} ${what}`);
  };
  title('Three agents start, and join in onModuleInit');
  await told();
  const agents = new Map<string, INestApplicationContext>();
  for (const name of ['agent-1', 'agent-2', 'agent-3']) agents.set(name, await startAgent(name));
  for (let joined = 0; joined < agents.size; joined++) await told();
  await events.return?.();

  title('A guard decides by the role that the method needs');
  const config = { generation: 2, mode: 'busy' };
  await visitor.rollOut(config).catch((error) => say(`victor: ${messageOf(error)}`));
  for (const answer of await operator.rollOut(config)) say(`olga: ${answer}`);

  title('A declared error arrives as its class');
  say(`load of agent-1: ${await operator.loadOf('agent-1')}`);
  await operator.loadOf('agent-9').catch((error) => say(`${error instanceof UnknownAgent}: ${error.message}`));

  title('An agent shuts down while tasks run');
  const tasks = createClient(transport, AgentApi, { retry: false });
  const results: Promise<string>[] = [];
  let leaving: Promise<void> | undefined;
  for (let task = 0; task < TASKS; task++) {
    results.push(tasks.run(`task-${task}`));
    if (task === TASKS / 2) leaving = agents.get('agent-2')!.close();
    if (task % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const settled = await Promise.allSettled(results);
  await leaving;
  say(`${settled.filter(({ status }) => status === 'fulfilled').length} of ${TASKS} tasks ran`);
  say(`agents that run: ${(await tasks.$servers()).map(({ server }) => server).join(', ')}`);
  for (const name of ['agent-1', 'agent-2']) {
    say(`${name} is ready: ${agents.get(name)!.get(ConcordHealthIndicator).isReady().concord.status}`);
  }

  title('The audit, which is made for each call, has');
  for (const line of Audit.lines) say(line);
}

function title(text: string): void {
  console.log(`\n${text}`);
}

function say(text: string): void {
  console.log(`  ${text}`);
}

function messageOf(error: unknown): string {
  if (!isRpcError(error)) throw error;
  return `${error.message} (executed: ${error.executed})`;
}
