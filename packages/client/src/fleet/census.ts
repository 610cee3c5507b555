/** Asks the servers that are subscribed to a subject one question, and collects their answers. */
import { RpcError } from '@concord-rpc/core';
import { isAnnouncement, jsonCodec, protocolError, type Reply, type ServerAnnouncement } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import type { Ending, PendingCall, Slot } from '../line/pending-call';

/** A question to servers. */
export interface CensusQuestion<Answer = ServerAnnouncement> {
  readonly subject: string;
  /** The time at which the census ends at the latest, on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Recognizes an answer. Default: an announcement, the answer to a ping. */
  readonly isAnswer?: (value: unknown) => value is Answer;
  /** Names of a method, separated by spaces: each server then also says whether it serves the method under one of them. */
  readonly names?: string;
  /** Milliseconds over which the servers spread their answers. */
  readonly splay?: number;
  /** Milliseconds after an answer within which the next has to come. Default: half a second, or 10 if all servers are in this process. */
  readonly quiet?: number;
  /** Milliseconds within which the first answer has to come. Default: until the deadline. */
  readonly first?: number;
  /** Number of answers before which the census does not end for want of further ones. */
  readonly atLeast?: number;
  /** Names of servers that are running: the census waits for them until its deadline. */
  readonly known?: ReadonlySet<string>;
  /** `known` has all servers, so that the census ends when they have answered. */
  readonly knowsAll?: boolean;
  /** One server is asked, so its answer ends the census. */
  readonly one?: boolean;
}

/** A server as a client knows it. */
export interface KnownServer extends ServerAnnouncement {
  /** The boot ids, if several servers have this name. The endpoints are then those of all of them. */
  readonly boots?: readonly string[];
}

/** The answers to a question. */
export interface Census<Answer = KnownServer> {
  /** Answers that came in time. Answers to a ping under one name are joined. */
  readonly servers: readonly Answer[];
  /** Milliseconds until each answer, by the name of the server. */
  readonly times: ReadonlyMap<string, number>;
  /** All servers have answered, as far as can be known: those that were known, and others within a second. */
  readonly isComplete: boolean;
  /** The broker reported that no server is subscribed. If false and `servers` is empty, a server may be running that did not answer. */
  readonly noResponders: boolean;
  /** The error that the one server that was asked replied with, or with which the connection did not send the question. */
  readonly refusal: RpcError | undefined;
}

/** A census in progress. */
export interface RunningCensus<Answer = KnownServer> {
  /** Resolves when the census ends. Never rejects. */
  readonly result: Promise<Census<Answer>>;
  /** Returns the answers until now. */
  soFar(): Census<Answer>;
}

/** Milliseconds without an answer after which no further one is expected: of servers in this process, of others, and if it has to be certain. */
export const QUIET = { inProcess: 10, brief: 500, full: 1_000 } as const;

/** Asks the servers that are subscribed to a subject. Always resolves. */
export function takeCensus<Answer extends { readonly server: string } = KnownServer>(
  line: Line,
  question: CensusQuestion<Answer>,
): Promise<Census<Answer>> {
  return beginCensus(line, question).result;
}

/** Asks the servers that are subscribed to a subject; the answers can be read before all have come. */
export function beginCensus<Answer extends { readonly server: string } = KnownServer>(
  line: Line,
  question: CensusQuestion<Answer>,
): RunningCensus<Answer> {
  const collection = new Collection(line, question);
  collection.ask();
  return collection;
}

/** Joins the answers of two servers that have one name. */
export function joinAnswers(one: KnownServer, other: KnownServer): KnownServer {
  const boots = new Set([...(one.boots ?? [one.boot]), ...(other.boots ?? [other.boot])]);
  if (boots.size === 1) return other;
  return { ...one, boots: [...boots].sort(), endpoints: [...one.endpoints, ...other.endpoints] };
}

/** Publishes a ping, or another question whose arguments are names, with the slot of the message that waits for the answers. */
export function publishQuestion(line: Line, waiting: PendingCall, names: readonly string[], splay: number | undefined): void {
  const { pending, transport } = line;
  const slot = pending.open(waiting);
  const ttl = Math.max(0, Math.round(waiting.deadline - performance.now()));
  const args = splay === undefined ? names : [...names, splay];
  const encoder = jsonCodec.requestEncoder('1.0', args.map(String));
  transport.publish(waiting.subject, encoder.call(encoder.args(args), slot.nonce, ttl), slot.reply);
}

/** Collects answers until none has come for a while. */
class Collection<Answer extends { readonly server: string }> implements PendingCall, RunningCensus<Answer> {
  readonly subject: string;
  readonly deadline: number;
  slot: Slot | undefined;
  readonly result: Promise<Census<Answer>>;
  private resolve!: (census: Census<Answer>) => void;
  private readonly asked = performance.now();
  private readonly answers = new Map<string, Answer>();
  private readonly times = new Map<string, number>();
  private readonly missing: Set<string>;
  private readonly patience: number;
  private quiet: NodeJS.Timeout | undefined;

  constructor(
    private readonly line: Line,
    private readonly question: CensusQuestion<Answer>,
  ) {
    const inProcess = line.transport.inProcess === true;
    this.subject = question.subject;
    this.deadline = question.deadline;
    this.missing = new Set(question.known);
    this.patience = inProcess && question.quiet === undefined ? QUIET.inProcess : (question.quiet ?? QUIET.brief);
    this.result = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  ask(): void {
    try {
      publishQuestion(this.line, this, this.question.names?.split(' ') ?? [], this.question.splay);
      if (this.question.first !== undefined) this.quiet = setTimeout(() => this.finish(), this.question.first);
    } catch (thrown) {
      this.finish(false, RpcError.from(thrown));
    }
  }

  soFar(noResponders = false, refusal?: RpcError): Census<Answer> {
    const { one, knowsAll = false } = this.question;
    const isQuiet = this.line.transport.inProcess === true || this.patience >= QUIET.full;
    const isComplete = this.missing.size === 0 && this.answers.size > 0 && (one === true || knowsAll || isQuiet);
    return { servers: [...this.answers.values()], times: this.times, isComplete, noResponders, refusal };
  }

  onReply({ result, error }: Reply): void {
    const { one, isAnswer = isAnnouncement as unknown as (value: unknown) => value is Answer } = this.question;
    if (error !== undefined && one) this.finish(false, RpcError.fromWire(error));
    else if (one && !isAnswer(result)) this.finish(false, protocolError("the server's answer cannot be read"));
    if (!isAnswer(result)) return;
    const { server } = result;
    const before = this.answers.get(server);
    this.answers.set(
      server,
      before === undefined || !isAnnouncement(before) ? result : (joinAnswers(before, result as never) as never),
    );
    this.times.set(server, performance.now() - this.asked);
    this.missing.delete(server);
    if (one || (this.question.knowsAll && this.missing.size === 0)) this.finish();
    else this.waitForNext();
  }

  onNoResponders(): void {
    this.finish(true);
  }

  onEnding(ending: Ending): void {
    this.finish(false, denied(ending, this.subject));
  }

  private waitForNext(): void {
    clearTimeout(this.quiet);
    const { atLeast = 0 } = this.question;
    if (this.missing.size === 0 && this.answers.size >= atLeast) this.quiet = setTimeout(() => this.finish(), this.patience);
  }

  private finish(noResponders = false, refusal?: RpcError): void {
    clearTimeout(this.quiet);
    this.line.pending.close(this);
    this.resolve(this.soFar(noResponders, refusal));
  }
}

/** The error of a question that the broker's permissions do not let the connection ask; `undefined` for other endings. */
export function denied(ending: Ending, subject: string): RpcError | undefined {
  if (ending === 'forbidden') {
    return new RpcError('permission_denied', `the broker's permissions do not let this connection send to ${subject}`);
  }
  if (ending !== 'deaf') return undefined;
  return new RpcError('permission_denied', 'the broker refuses to deliver replies to this connection', { executed: 'maybe' });
}
