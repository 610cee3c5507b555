/** Asks the servers that are subscribed to a subject one question, and collects their answers. */
import { RpcError } from '@concord-rpc/core';
import {
  isAnnouncement,
  jsonCodec,
  protocolError,
  type Reply,
  type ServerAnnouncement,
  type subjects,
} from '@concord-rpc/core/wire';
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
  /** Names of a method, separated by spaces: each server then also says whether it serves the method under one of them. */
  readonly names?: string;
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
  /** The error that the one server that was asked replied with, or with which the connection did not send the question. */
  readonly refusal: RpcError | undefined;
}

/** The census of a question that got no answer in time. */
export const NO_ANSWERS: Census = { servers: [], times: new Map(), noResponders: false, refusal: undefined };

/** Bounds in milliseconds of the wait for the next answer. */
const SHORTEST_QUIET = 10;
const LONGEST_QUIET = 200;

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
      const slot = pending.open(this, pending.slotsOf(this.question.address));
      const ttl = Math.max(0, Math.round(this.deadline - this.asked));
      const names = this.question.names?.split(' ') ?? [];
      const encoder = jsonCodec.requestEncoder('1.0', names);
      transport.publish(this.subject, encoder.call(encoder.args(names), slot.nonce, ttl), slot.reply);
    } catch (thrown) {
      this.finish(false, RpcError.from(thrown));
    }
  }

  onReply({ result, error }: Reply): void {
    const { one, quiet, isAnswer = isAnnouncement as unknown as (value: unknown) => value is Answer } = this.question;
    if (error !== undefined && one) this.finish(false, RpcError.fromWire(error));
    else if (one && !isAnswer(result)) this.finish(false, protocolError("the server's answer cannot be read"));
    if (!isAnswer(result)) return;
    const time = performance.now() - this.asked;
    this.patience ??= quiet ?? Math.min(LONGEST_QUIET, Math.max(SHORTEST_QUIET, 2 * time));
    this.answers.set(result.server, result);
    this.times.set(result.server, time);
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

  private finish(noResponders = false, refusal?: RpcError): void {
    clearTimeout(this.quiet);
    this.line.pending.close(this);
    this.resolve({ servers: [...this.answers.values()], times: this.times, noResponders, refusal });
  }
}

/** The error of a question that the broker's permissions do not let the connection ask; `undefined` for other endings. */
function denied(ending: Ending, subject: string): RpcError | undefined {
  if (ending === 'forbidden') {
    return new RpcError('permission_denied', `the broker's permissions do not let this connection send to ${subject}`);
  }
  if (ending !== 'deaf') return undefined;
  return new RpcError('permission_denied', 'the broker refuses to deliver replies to this connection', { executed: 'maybe' });
}
