/** Asks the servers that are subscribed to a subject one question, and collects their answers. */
import { RpcError } from '@concord-rpc/core';
import {
  isAnnouncement,
  jsonCodec,
  protocolError,
  type Reply,
  type ServerAnnouncement,
  type subjects,
  toBytes,
} from '@concord-rpc/core/wire';
import { deniedReplies } from '../line/denied-replies';
import type { Line } from '../line/line';
import type { Ending, PendingCall, Slot } from '../line/pending-call';

/** A question to servers. */
export interface CensusQuestion<Answer = ServerAnnouncement> {
  /** The topic of the servers. */
  readonly address: subjects.Address;
  readonly subject: string;
  /** The time at which the census ends at the latest, on the clock of `performance.now()`. */
  readonly deadline: number;
  /** Recognizes an answer. Default: an announcement, the answer to a ping. */
  readonly isAnswer?: (value: unknown) => value is Answer;
  /** The arguments of the question. For a ping: the names of a method, to learn which servers have it. */
  readonly args?: readonly unknown[];
  /** The least bytes of the question, which servers answer with at most 20 times as many. Default 256. */
  readonly bytes?: number;
  /** Milliseconds over which the servers spread their answers to a ping. */
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
  /** The error that the connection did not send the question with, or that a server replied with. */
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
/** Bytes of a question that gets the announcement of 70 interfaces. */
const QUESTION_BYTES = 256;

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

/** Publishes a question with the slot of the message that waits for the answers. */
export function publishQuestion(
  line: Line,
  waiting: PendingCall,
  { address, args = [], splay, bytes = QUESTION_BYTES }: Pick<CensusQuestion, 'address' | 'args' | 'splay' | 'bytes'>,
): void {
  const { pending, transport } = line;
  const slot = pending.open(waiting, pending.slotsOf(address));
  const ttl = Math.max(0, Math.round(waiting.deadline - performance.now()));
  const given = splay === undefined ? args : [...args, splay];
  const encoder = jsonCodec.requestEncoder('1.0', given.map(String));
  const question = toBytes(encoder.call(encoder.args(given), slot.nonce, ttl));
  transport.publish(waiting.subject, lengthened(question, bytes), slot.reply);
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
  private refusal: RpcError | undefined;

  constructor(
    readonly line: Line,
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
      publishQuestion(this.line, this, this.question);
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
    const { one, knowsAll, isAnswer = isAnnouncement as unknown as (value: unknown) => value is Answer } = this.question;
    if (error !== undefined) this.refusal = RpcError.fromWire(error);
    else if (isAnswer(result)) this.take(result);
    else if (one) this.refusal = protocolError("the server's answer cannot be read");
    else return;
    if (one || (knowsAll && this.missing.size === 0)) this.finish();
    else this.waitForNext();
  }

  onNoResponders(): void {
    this.finish(true);
  }

  onEnding(ending: Ending): void {
    this.finish(false, denied(ending, this));
  }

  private take(answer: Answer): void {
    const { server } = answer;
    const before = this.answers.get(server);
    const isJoined = before !== undefined && isAnnouncement(before) && isAnnouncement(answer);
    this.answers.set(server, isJoined ? (joinAnswers(before, answer) as KnownServer & Answer) : answer);
    this.times.set(server, performance.now() - this.asked);
    this.missing.delete(server);
  }

  private waitForNext(): void {
    clearTimeout(this.quiet);
    const { atLeast = 0 } = this.question;
    if (this.missing.size === 0 && this.answers.size >= atLeast) this.quiet = setTimeout(() => this.finish(), this.patience);
  }

  private finish(noResponders = false, refusal = this.refusal): void {
    clearTimeout(this.quiet);
    this.line.pending.close(this);
    this.resolve(this.soFar(noResponders, refusal));
  }
}

/** Returns a question with white space at its end, so that it has so many bytes. */
function lengthened(question: Uint8Array, bytes: number): Uint8Array {
  return question.length >= bytes ? question : Buffer.concat([question, Buffer.alloc(bytes - question.length, ' ')]);
}

/** A question that was sent. */
interface AskedQuestion {
  readonly line: Line;
  readonly subject: string;
}

/** The error of a question that the broker's permissions do not let the connection ask; `undefined` for other endings. */
export function denied(ending: Ending, { line, subject }: AskedQuestion): RpcError | undefined {
  if (ending === 'forbidden') {
    return new RpcError('permission_denied', `the broker's permissions do not let this connection send to ${subject}`);
  }
  if (ending !== 'deaf') return undefined;
  return new RpcError('permission_denied', deniedReplies(line.transport), { executed: 'maybe' });
}
