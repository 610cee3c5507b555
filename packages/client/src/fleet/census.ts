/** Asks servers what they serve, and gathers their answers. */
import { performance } from 'node:perf_hooks';
import { isAnnouncement, jsonCodec, protocolError, type Reply, RpcError, type ServerAnnouncement } from '@concord-rpc/core';
import type { Line } from '../line/line';
import type { Ending, PendingCall, Slot } from '../line/pending-calls';

/** How to ask. */
export interface CensusOptions<Answer = ServerAnnouncement> {
  /** What an answer has to be. Default: an announcement, which is what ping is answered with. */
  readonly isAnswer?: (value: unknown) => value is Answer;
  /** Ask also who has a method by one of these names, which have spaces between them. */
  readonly names?: string;
  /** Milliseconds after an answer within which the next has to come. Default: twice as long as the first took, within bounds. */
  readonly quiet?: number;
  /** One server is asked: its answer is all. */
  readonly one?: boolean;
}

/** What asking a topic who serves it came to. */
export interface Census<Answer = ServerAnnouncement> {
  /** Those that answered in time. */
  readonly servers: readonly Answer[];
  /** Milliseconds after which each answered, by name. */
  readonly times: ReadonlyMap<string, number>;
  /** The broker's word that nobody listens there. Without it, servers may be there that did not answer. */
  readonly nobody: boolean;
  /** What the one server that was asked answered instead. */
  readonly refusal: RpcError | undefined;
}

/** After an answer, others are waited for as long as twice the first one took, within these bounds, in milliseconds. */
const SHORTEST_QUIET = 10;
const LONGEST_QUIET = 200;

/** Every answer says whose it is. */
interface Named {
  readonly server: string;
}

/** Asks those who listen on a subject. Resolves, always. */
export function takeCensus<Answer extends Named = ServerAnnouncement>(
  line: Line,
  subject: string,
  deadline: number,
  options: CensusOptions<Answer>,
): Promise<Census<Answer>> {
  return new Promise((resolve) => new Collection(line, subject, deadline, options, resolve).ask());
}

/** Collects the answers to one question: until nobody has answered for a while. */
class Collection<Answer extends Named> implements PendingCall {
  private readonly asked = performance.now();
  private readonly answers = new Map<string, Answer>();
  private slot: Slot | undefined;
  private quiet: NodeJS.Timeout | undefined;
  private readonly times = new Map<string, number>();
  private patience: number | undefined;

  constructor(
    private readonly line: Line,
    readonly subject: string,
    readonly deadline: number,
    private readonly options: CensusOptions<Answer>,
    private readonly resolve: (census: Census<Answer>) => void,
  ) {}

  ask(): void {
    const { pending, transport } = this.line;
    try {
      this.slot = pending.open(this);
      const ttl = Math.max(0, Math.round(this.deadline - this.asked));
      const names = this.options.names?.split(' ') ?? [];
      const encoder = jsonCodec.requestEncoder('1.0', names);
      transport.publish(this.subject, encoder.call(encoder.args(names), this.slot.nonce, ttl), this.slot.reply);
    } catch {
      this.finish();
    }
  }

  onReply({ result, error }: Reply): void {
    const { one, quiet, isAnswer = isAnnouncement as unknown as (value: unknown) => value is Answer } = this.options;
    if (error !== undefined && one) this.finish(false, RpcError.fromWire(error));
    else if (one && !isAnswer(result)) this.finish(false, protocolError('the answer of the one that was asked cannot be read'));
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
    this.slot = undefined;
    this.finish(true);
  }

  onEnding(_ending: Ending): void {
    this.slot = undefined;
    this.finish();
  }

  private finish(nobody = false, refusal?: RpcError): void {
    clearTimeout(this.quiet);
    if (this.slot !== undefined) this.line.pending.close(this.slot);
    this.slot = undefined;
    this.resolve({ servers: [...this.answers.values()], times: this.times, nobody, refusal });
  }
}
