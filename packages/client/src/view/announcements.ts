/** The servers of each topic that the clients of a connection know: live views, exact versions, and answers about methods. */
import type { RpcError } from '@concord-rpc/core';
import type { subjects } from '@concord-rpc/core/wire';
import { type About, askWhoTakes } from '../fleet/ask-servers';
import type { Census, KnownServer } from '../fleet/census';
import { servedVersions, type Wanted } from '../fleet/served-versions';
import type { Line } from '../line/line';
import { splayFor } from './background-census';
import { ExactVersions, type VersionQuestion } from './exact-versions';
import { SharedCensuses } from './shared-censuses';
import { TopicView } from './topic-view';

/** Milliseconds after which servers are asked about a method again, if the view of their topic has changed. */
const FRESH_FOR = 3_000;
/** Most answers about methods that are remembered; beyond that, the one that was asked least recently is forgotten. */
const MOST = 1_000;
/** With more servers, a client that needs only versions asks for versions. */
const LARGE = 1_500;
/** Milliseconds of splay for each server, when a call waits for the answers. */
const SPLAY_FOR_CALL = 0.2;

/** The answers of the servers about a method, and the state of the view when they came. */
interface Learned {
  readonly servers: readonly KnownServer[];
  readonly changes: number;
  readonly askAgainAt: number;
}

/** Keeps a view of each topic that is asked for, and remembers complete answers about methods. */
export class Announcements {
  private readonly views = new Map<string, TopicView>();
  /** Told of servers that are subscribed and did not answer a ping, by topic. */
  private readonly silentListeners = new Map<string, (server: string) => void>();
  private readonly learnedAbout = new Map<string, Learned>();
  private readonly censuses = new SharedCensuses();
  private readonly exact: ExactVersions;

  constructor(private readonly line: Line) {
    this.exact = new ExactVersions(line);
  }

  /** The live view of a topic; opened on first use. */
  view(address: subjects.Address): TopicView {
    const key = keyOf(address);
    let view = this.views.get(key);
    if (view === undefined) {
      view = new TopicView(this.line, address, {
        onClosed: () => this.views.delete(key),
        onSilent: (server) => this.silentListeners.get(key)?.(server),
      });
      this.views.set(key, view);
    }
    return view;
  }

  /** Calls back with each server of a topic that the broker knows and that did not answer a ping. */
  onSilent(address: subjects.Address, listener: (server: string) => void): void {
    this.silentListeners.set(keyOf(address), listener);
  }

  /** The servers of a topic: a new array after each change, `undefined` until all have answered. Never waits. */
  latest(address: subjects.Address): readonly KnownServer[] | undefined {
    const view = this.view(address);
    return view.isFilled ? view.servers : undefined;
  }

  /** The servers of a topic, or their answers about a method; waits until all have answered. */
  async known(address: subjects.Address, about?: About): Promise<readonly KnownServer[]> {
    const view = this.view(address);
    await view.filled;
    // the signs that the broker has are in the view when it confirms; without a connection the view stays as it is
    await this.line.transport.flush().catch(() => undefined);
    if (about === undefined) return view.servers;
    const learned = this.learnedAbout.get(keyOf(address, about));
    if (learned !== undefined && !this.isStale(learned, view)) return learned.servers;
    return (await this.ask(address, about, Number.POSITIVE_INFINITY)).servers;
  }

  /** The error if the servers of a topic could not be asked; `undefined` if they could. */
  refusal(address: subjects.Address): RpcError | undefined {
    return this.views.get(keyOf(address))?.refusal;
  }

  /** The error if the broker does not let this connection ask for the servers of a topic, and none is known; else `undefined`. */
  denied(address: subjects.Address): RpcError | undefined {
    const view = this.views.get(keyOf(address));
    return view?.table.size === 0 && view.refusal?.code === 'permission_denied' ? view.refusal : undefined;
  }

  /** The servers of a topic, if a view of it is filled, or their answers about a method, if they were asked; else `undefined`. Never waits. */
  learned(address: subjects.Address, about?: About): readonly KnownServer[] | undefined {
    const view = this.views.get(keyOf(address));
    if (about === undefined) return view?.isFilled ? view.servers : undefined;
    const learned = this.learnedAbout.get(keyOf(address, about));
    if (learned !== undefined && this.isStale(learned, view)) void this.ask(address, about, Number.POSITIVE_INFINITY);
    return learned?.servers;
  }

  /** Asks which servers have a method. The answers are remembered if all servers have answered. Always resolves, at the deadline with the answers until then. */
  async ask(address: subjects.Address, about: About, deadline: number): Promise<Census> {
    const key = keyOf(address, about);
    const asking = this.censuses.ask(key, deadline, () => {
      const view = this.views.get(keyOf(address));
      const splay = splayFor(view?.table.size ?? 0, SPLAY_FOR_CALL);
      return askWhoTakes(this.line, address, about, { known: view?.names, knowsAll: view?.isFilled, splay });
    });
    const view = this.view(address);
    const census = await asking;
    if (census.isComplete) this.learn(key, { servers: census.servers, changes: view.table.changes, askAgainAt: later() });
    return census;
  }

  /** Forgets the answers about a method, and asks about it no more. */
  forget(address: subjects.Address, about: About): void {
    this.learnedAbout.delete(keyOf(address, about));
  }

  /** The lowest minor at which a server serves an interface; `undefined` if it is not known, or if no server does. Never waits. */
  lowestMinor(wanted: Wanted & { readonly address: subjects.Address }): number | undefined {
    const view = this.views.get(keyOf(wanted.address));
    if (view !== undefined && this.tellsVersions(view, wanted)) return servedVersions(view.servers, wanted)[0]?.minor;
    if (wanted.destination.server !== undefined) return undefined;
    const exact = this.exact.latest(versionQuestion(wanted));
    if (exact?.isLarge !== true) this.view(wanted.address);
    return exact?.isProven === true ? exact.minors[0] : undefined;
  }

  /** Resolves when `lowestMinor` is known; `undefined` if it is known now. */
  whenLowestKnown(wanted: Wanted & { readonly address: subjects.Address }): Promise<unknown> | undefined {
    const { address, destination } = wanted;
    const view = this.views.get(keyOf(address));
    if (view !== undefined && this.tellsVersions(view, wanted)) return undefined;
    if (destination.server !== undefined) return this.view(address).find(destination.server);
    const question = versionQuestion(wanted);
    if (this.exact.latest(question)?.isProven === true) return undefined;
    return this.exact.known(question).then((exact) => (exact.isProven ? undefined : this.view(address).filled));
  }

  /** Returns whether a view has the versions that a client wants to know. */
  private tellsVersions({ table, isFilled }: TopicView, { destination }: Wanted): boolean {
    if (destination.server !== undefined) return isFilled || table.get(destination.server) !== undefined;
    return isFilled && table.size <= LARGE;
  }

  private isStale({ changes, askAgainAt }: Learned, view: TopicView | undefined): boolean {
    return performance.now() >= askAgainAt && view?.table.changes !== changes;
  }

  private learn(key: string, learned: Learned): void {
    this.learnedAbout.delete(key);
    this.learnedAbout.set(key, learned);
    if (this.learnedAbout.size > MOST) this.learnedAbout.delete(this.learnedAbout.keys().next().value!);
  }
}

function later(): number {
  return performance.now() + FRESH_FOR;
}

function versionQuestion({ address, destination, contract }: Wanted & { readonly address: subjects.Address }): VersionQuestion {
  const { name, version } = contract;
  return { address, namespace: destination.target.namespace, name, major: version.major, highest: version.minor };
}

function keyOf({ exchange, topic }: subjects.Address, about?: About): string {
  return about === undefined ? `${exchange}/${topic}` : `${exchange}/${topic}/${about.names}/${about.server ?? ''}`;
}
