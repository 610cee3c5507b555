/** An agent of either release: calls servers in a loop and counts the results. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, servesVersion, type Transport } from 'concord-rpc';
import type { Member, MemberSpec, Release } from './member';
import { PortsApi as PortsApi14 } from './release-1.4/ports-api';
import { PortsApi as PortsApi15 } from './release-1.5/ports-api';
import type { OlderForm, Tally } from './tally';

/** Calls in flight at the same time. */
const AT_ONCE = 4;
/** The number of failures that are printed. */
const MOST_TOLD = 5;
/** The diagnostics channel for calls sent in an older form; docs/guides/rolling-upgrades.md describes its messages. */
const CHANNEL = 'concord.older-form';

interface Told {
  readonly method: string;
  readonly needs: string;
  readonly sent: string;
  readonly leftOut: readonly { readonly path: string }[];
}

/** The request of each release, and the keys of the result that it knows. */
const RELEASES: Readonly<
  Record<Release, (transport: Transport) => () => Promise<object & { readonly chosenBy: readonly string[] }>>
> = {
  '1.4': (transport) => {
    const ports = createClient(transport, PortsApi14);
    return () => ports.getPorts('node-1', { network: 'net-7' });
  },
  '1.5': (transport) => {
    const ports = createClient(transport, PortsApi15);
    return () => ports.getPorts('node-1', { network: 'net-7', status: 'ACTIVE' });
  },
};
const KNOWN: Readonly<Record<Release, readonly string[]>> = {
  '1.4': ['server', 'ports', 'chosenBy'],
  '1.5': ['server', 'ports', 'chosenBy', 'mtu'],
};

/** Starts an agent. */
export async function startAgent(transport: Transport, { release }: MemberSpec): Promise<Member> {
  const agent = new Agent(release, RELEASES[release](transport));
  return { report: async (phase) => agent.report(phase), stop: () => agent.stop() };
}

class Agent {
  private phase = '';
  private calls = 0;
  private failed = 0;
  private tooNew = 0;
  private chosenBy = '';
  private readonly failures: string[] = [];
  private readonly olderForms = new Map<string, OlderForm>();
  private running = true;
  private readonly loops: Promise<void>[];

  constructor(
    private readonly release: Release,
    private readonly ask: () => Promise<object & { readonly chosenBy: readonly string[] }>,
  ) {
    subscribe(CHANNEL, this.onOlderForm);
    this.loops = Array.from({ length: AT_ONCE }, () => this.loop());
  }

  report(phase: string): Tally {
    // calls before the first report belong to the phase that it names
    if (this.phase === '')
      for (const [what, form] of this.olderForms) this.olderForms.set(what, { ...form, first: phase, last: phase });
    this.phase = phase;
    const { calls, failed, failures, tooNew, chosenBy } = this;
    return { calls, failed, failures, tooNew, chosenBy, olderForms: [...this.olderForms.values()] };
  }

  async stop(): Promise<void> {
    this.running = false;
    await Promise.all(this.loops);
    unsubscribe(CHANNEL, this.onOlderForm);
  }

  private async loop(): Promise<void> {
    while (this.running) {
      this.calls++;
      try {
        const answer = await this.ask();
        if (Object.keys(answer).some((key) => !KNOWN[this.release].includes(key))) this.tooNew++;
        this.chosenBy = answer.chosenBy.join(' and ');
      } catch (error) {
        if (this.failed++ < MOST_TOLD) this.failures.push(String(error));
      }
      await delay(1);
    }
  }

  private readonly onOlderForm = (message: unknown): void => {
    const { method, needs, sent, leftOut } = message as Told;
    if (!servesVersion(this.release, needs)) return; // another agent of this process
    const what = `${method} needs ${needs}, sent as a call that needs ${sent}, without ${leftOut.map(({ path }) => path).join(', ')}: no server served more`;
    this.olderForms.set(what, { what, first: this.olderForms.get(what)?.first ?? this.phase, last: this.phase });
  };
}
