/** The observers of one server: their watches, from the first question to the last lease. Without a watch nothing is gathered. */
import { RpcError, type Transport } from '@concord-rpc/core';
import { channels, inTime, type RequestFacts } from '@concord-rpc/core/engine';
import { replySubjects, subjects, watching } from '@concord-rpc/core/wire';
import { Allowance } from '../load/allowance';
import type { IncomingRequest } from '../request/incoming-request';
import type { SystemQuestion } from '../request/served-method';
import { ObserverWatch } from './observer-watch';
import type { WatchOption } from './watch-option';

/** Most watches of a server, and of one client. */
const MOST_WATCHES = 32;
const MOST_OF_CLIENT = 8;
/** The most that all watches of a server get together, in a second. */
const CALLS = { burst: 2_000, rate: 2_000 };
const BYTES = { burst: 1_048_576, rate: 524_288 };
/** Longest wait in milliseconds for the broker's report that it forbids the messages. */
const LONGEST_PROBE = 1_000;

/** The parts of a server that showing its calls needs. */
export interface WatchersParts {
  readonly name: string;
  readonly boot: string;
  readonly transport: Transport;
  readonly shows: WatchOption;
  log(line: string): void;
}

/** The watches of one server. */
export class Watchers {
  /** By the subject of their messages. */
  private readonly watches = new Map<string, ObserverWatch>();
  private readonly shared = { calls: new Allowance(CALLS, performance.now()), bytes: new Allowance(BYTES, performance.now()) };
  private forgetRefusals: (() => void) | undefined;
  private isClosed = false;
  private hasTold = false;
  private readonly listener = () => undefined;

  constructor(private readonly parts: WatchersParts) {}

  /**
   * Begins, renews or ends the watch of an observer on one topic. Resolves when the broker has taken a message for the observer.
   *
   * @throws RpcError `permission_denied` if the server shows no calls or the broker forbids the messages, `overloaded` if there are too many watches,
   * `invalid_argument`
   */
  async ask(address: subjects.Address, given: unknown, { reply }: SystemQuestion): Promise<watching.WatchGrant> {
    const { name, shows } = this.parts;
    if (shows === false)
      throw refusal('permission_denied', `server ${name} shows its calls to no observer: its option watch is false`);
    const asked = watching.readWatchTerms(given);
    const terms = shows === 'arguments' ? asked : { ...asked, args: 0 };
    const subject = watching.seenSubject(address, name, terms.id);
    const client = replySubjects.clientIn(reply);
    const known = this.watches.get(subject);
    if (known !== undefined && known.client !== client)
      throw refusal('invalid_argument', `watch: another client has the id ${terms.id}; use a random one`);
    if (terms.lease === 0) this.end(subject);
    else if (known !== undefined) known.renew(terms);
    else await this.begin(subject, terms, { client, prefix: `${address.root}.${address.exchange}.${address.topic}.` });
    const { lease, rate, args } = terms;
    return { server: name, boot: this.parts.boot, lease, rate, args };
  }

  /** Shows the begin of a request. Returns a function that shows its end; `undefined` if no observer is shown the request. */
  see(request: IncomingRequest, facts: RequestFacts): (() => void) | undefined {
    let ends: (() => void)[] | undefined;
    for (const watch of this.watches.values()) {
      const end = watch.see(request, facts);
      if (end !== undefined) (ends ??= []).push(end);
    }
    if (ends === undefined) return undefined;
    const all = ends;
    return () => {
      for (const end of all) end();
    };
  }

  /** Ends all watches; no further one begins. */
  close(): void {
    this.isClosed = true;
    for (const subject of [...this.watches.keys()]) this.end(subject);
  }

  private async begin(
    subject: string,
    terms: watching.WatchTerms,
    { client, prefix }: { readonly client: string; readonly prefix: string },
  ): Promise<void> {
    const { name, transport, log } = this.parts;
    if (this.isClosed) throw refusal('server_stopped', `server ${name} is stopping`);
    const ofClient = [...this.watches.values()].filter((watch) => watch.client === client).length;
    if (this.watches.size >= MOST_WATCHES || ofClient >= MOST_OF_CLIENT) {
      const [most, whose] = ofClient >= MOST_OF_CLIENT ? [MOST_OF_CLIENT, ' of one client'] : [MOST_WATCHES, ''];
      throw refusal('overloaded', `server ${name} has ${most} watches${whose}, and takes no more`);
    }
    const { shared } = this;
    const send = (seen: watching.SeenCalls) => this.send(subject, seen);
    const onOver = () => this.end(subject);
    const watch = new ObserverWatch({ terms, prefix, client, shared, now: () => performance.now(), send, onOver });
    this.watches.set(subject, watch);
    if (this.watches.size === 1) this.listen();
    watch.begin();
    // the report of a refusal comes before the answer to a flush
    await inTime(transport.flush(), LONGEST_PROBE, () => undefined).catch(() => undefined);
    if (!watch.isDenied) return;
    const sentence = `the broker's permissions deny server ${name} to show its calls: allow it to publish to ${subject.slice(0, subject.lastIndexOf('.'))}.*`;
    if (!this.hasTold) log(sentence);
    this.hasTold = true;
    throw refusal('permission_denied', sentence);
  }

  private send(subject: string, seen: watching.SeenCalls): boolean {
    try {
      this.parts.transport.publish(subject, watching.encodeSeen(seen));
      return true;
    } catch {
      return false; // not connected: the watch counts what it could not show
    }
  }

  private end(subject: string): void {
    this.watches.get(subject)?.end();
    this.watches.delete(subject);
    if (this.watches.size === 0) this.stopListening();
  }

  /** Requests gather their facts only for subscribers of the channel. */
  private listen(): void {
    channels.request.start.subscribe(this.listener);
    this.forgetRefusals = this.parts.transport.onPublishRefused((subject) => {
      const watch = this.watches.get(subject);
      if (watch === undefined) return;
      watch.isDenied = true;
      this.end(subject);
    });
  }

  private stopListening(): void {
    channels.request.start.unsubscribe(this.listener);
    this.forgetRefusals?.();
    this.forgetRefusals = undefined;
  }
}

function refusal(code: 'permission_denied' | 'overloaded' | 'invalid_argument' | 'server_stopped', sentence: string): RpcError {
  return new RpcError(code, sentence, { executed: 'no' });
}
