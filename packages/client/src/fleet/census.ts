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
  /** The arguments of the question. For a ping: the names of a method, to learn which servers have it. */
  readonly args?: readonly unknown[];
  /** The least bytes of the question, which servers answer with at most 20 times as many. Default 256. */
  readonly bytes?: number;
  /** Milliseconds after an answer within which the next has to come. Default: twice the time of the first answer, from 10 to 200. */
  readonly quiet?: number;
  /** One server is asked, so its answer ends the census. */
  readonly one?: boolean;
}

/** The answers to a question. */
export interface Census<Answer = ServerAnnouncement> {
  /** Answers that came in time. */
  readonly servers: readonly Answer[];
  /** Milliseconds until each answer, by the name of the server. */
  readonly times: ReadonlyMap<string, number>;
  /** The broker reported that no server is subscribed. If false and `servers` is empty, a server may be running that did not answer. */
  readonly noResponders: boolean;
  /** The error that the connection did not send the question with, or that a server replied with. */
  readonly refusal: RpcError | undefined;
}

/** The census of a question that got no answer in time. */
export const NO_ANSWERS: Census = { servers: [], times: new Map(), noResponders: false, refusal: undefined };

/** Bounds in milliseconds of the wait for the next answer. */
const SHORTEST_QUIET = 10;
const LONGEST_QUIET = 200;
/** Bytes of a question that gets the announcement of 70 interfaces. */
const QUESTION_BYTES = 256;

/** Asks the servers that are subscribed to a subject. Always resolves. */
export function takeCensus<Answer extends { readonly server: string } = ServerAnnouncement>(
  line: Line,
  question: CensusQuestion<Answer>,
): Promise<Census<Answer>> {
  return new Promise((resolve) => new Collection(line, question, resolve).ask());
}

/** Collects answers until none has come for a while. */
class Collection<Answer extends { readonly server: string }> implements PendingCall {
  readonly subject: string;
  readonly deadline: number;
  slot: Slot | undefined;
  private readonly asked = performance.now();
  private readonly answers = new Map<string, Answer>();
  private readonly times = new Map<string, number>();
  private quiet: NodeJS.Timeout | undefined;
  private patience: number | undefined;
  private refusal: RpcError | undefined;

  constructor(
    private readonly line: Line,
    private readonly question: CensusQuestion<Answer>,
    private readonly resolve: (census: Census<Answer>) => void,
  ) {
    this.subject = question.subject;
    this.deadline = question.deadline;
  }

  ask(): void {
    const { pending, transport } = this.line;
    try {
      const slot = pending.open(this);
      const ttl = Math.max(0, Math.round(this.deadline - this.asked));
      const { args = [], bytes = QUESTION_BYTES } = this.question;
      const encoder = jsonCodec.requestEncoder('1.0', args.map(String));
      const question = encoder.call(encoder.args(args), slot.nonce, ttl);
      transport.publish(this.subject, lengthened(question, bytes), slot.reply);
    } catch (thrown) {
      this.finish(false, RpcError.from(thrown));
    }
  }

  onReply({ result, error }: Reply): void {
    const { one, quiet, isAnswer = isAnnouncement as unknown as (value: unknown) => value is Answer } = this.question;
    const time = performance.now() - this.asked;
    if (error !== undefined) this.refusal = RpcError.fromWire(error);
    else if (isAnswer(result)) {
      this.answers.set(result.server, result);
      this.times.set(result.server, time);
    } else if (one) this.refusal = protocolError("the server's answer cannot be read");
    else return;
    this.patience ??= quiet ?? Math.min(LONGEST_QUIET, Math.max(SHORTEST_QUIET, 2 * time));
    clearTimeout(this.quiet);
    if (one) this.finish();
    else this.quiet = setTimeout(() => this.finish(), this.patience);
  }

  onNoResponders(): void {
    this.finish(true);
  }

  onEnding(ending: Ending): void {
    this.finish(false, denied(ending, this.subject));
  }

  private finish(noResponders = false, refusal = this.refusal): void {
    clearTimeout(this.quiet);
    this.line.pending.close(this);
    this.resolve({ servers: [...this.answers.values()], times: this.times, noResponders, refusal });
  }
}

/** Returns a question with white space at its end, so that it has so many bytes. */
function lengthened(question: Uint8Array, bytes: number): Uint8Array {
  return question.length >= bytes ? question : Buffer.concat([question, Buffer.alloc(bytes - question.length, ' ')]);
}

/** The error of a question that the broker's permissions do not let the connection ask; `undefined` for other endings. */
function denied(ending: Ending, subject: string): RpcError | undefined {
  if (ending === 'forbidden') {
    return new RpcError('permission_denied', `the broker's permissions do not let this connection send to ${subject}`);
  }
  if (ending !== 'deaf') return undefined;
  return new RpcError('permission_denied', 'the broker refuses to deliver replies to this connection', { executed: 'maybe' });
}
