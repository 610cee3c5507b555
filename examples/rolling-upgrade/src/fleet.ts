/** Six servers and three agents, with conditions to wait for. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Member, Release, Stage } from './member';
import type { Tally } from './tally';

/** Their names and releases. */
export const AGENTS = { 'agent-1': '1.4', 'agent-2': '1.4', 'agent-3': '1.5' } as const satisfies Record<string, Release>;

/** An agent's name. */
export type AgentName = keyof typeof AGENTS;

/** The servers' names. */
export const SERVERS = ['server-1', 'server-2', 'server-3', 'server-4', 'server-5', 'server-6'] as const;

const AGENT_NAMES = Object.keys(AGENTS) as AgentName[];
const LONGEST_WAIT = 30_000;
const ROUND = 20;

/** The running servers and agents. */
export class Fleet {
  private phase = '';
  private readonly members = new Map<string, Member>();

  constructor(private readonly stage: Stage) {}

  /** Starts servers before agents, so that every call finds a server. */
  async start(phase: string): Promise<void> {
    this.phase = phase;
    await Promise.all(
      SERVERS.map(async (name) => this.members.set(name, await this.stage.start({ kind: 'server', name, release: '1.4' }))),
    );
    for (const name of AGENT_NAMES) {
      this.members.set(name, await this.stage.start({ kind: 'agent', name, release: AGENTS[name] }));
      await this.tally(name);
    }
  }

  /** Starts a phase and tells the agents its name. */
  async enter(phase: string): Promise<void> {
    this.phase = phase;
    for (const name of AGENT_NAMES) await this.tally(name);
  }

  /** Stops a server and starts it with another release, under load. */
  async restart(name: string, release: Release): Promise<void> {
    await this.members.get(name)!.stop();
    this.members.set(name, await this.stage.start({ kind: 'server', name, release }));
  }

  async tally(name: AgentName): Promise<Tally> {
    return (await this.members.get(name)!.report(this.phase))!;
  }

  /** Resolves when every agent has made this many more calls. */
  async moreCalls(count: number): Promise<void> {
    for (const name of AGENT_NAMES) {
      const { calls } = await this.tally(name);
      await this.until(name, (tally) => tally.calls >= calls + count, `${count} more calls`);
    }
  }

  /** Resolves when the counts of an agent meet a condition. */
  async until(name: AgentName, holds: (tally: Tally) => boolean, what: string): Promise<void> {
    const end = Date.now() + LONGEST_WAIT;
    while (!holds(await this.tally(name))) {
      if (Date.now() > end)
        throw new Error(`${name}: no ${what} within ${LONGEST_WAIT} ms: ${JSON.stringify(await this.tally(name))}`);
      await delay(ROUND);
    }
  }

  /** Stops agents before servers. */
  async stop(): Promise<void> {
    for (const member of [...this.members.values()].reverse()) await member.stop();
    await this.stage.close();
  }
}
