/** Limits the answers to system methods, which need no slot: by number and bytes for each client, and for all clients together. */
import { RpcError } from '@concord-rpc/core';
import { replySubjects } from '@concord-rpc/core/wire';
import { Allowance, type AllowanceSize } from '../load/allowance';
import type { IncomingRequest } from '../request/incoming-request';

/** Answers that one client gets at once, and in a second after that. */
const QUESTIONS = { burst: 512, rate: 20 };
/** Bytes of answers that one client gets at once, and in a second after that. */
const BYTES = { burst: 4_194_304, rate: 262_144 };
/** All clients together get so many times as much. */
const ALL = 8;
/** Milliseconds after which to retry a system call in a batch whose answers are much larger than the batch. */
const BATCH_PAUSE = 1_000;
/** Most clients that are told apart. The one that asked least recently is forgotten first. */
const MOST_CLIENTS = 1_024;

/** The answers that one client, or all together, can get. */
class Share {
  private readonly questions: Allowance;
  private readonly bytes: Allowance;

  constructor(times: number, now: number) {
    const share = ({ burst, rate }: AllowanceSize) => new Allowance({ burst: times * burst, rate: times * rate }, now);
    this.questions = share(QUESTIONS);
    this.bytes = share(BYTES);
  }

  wait(now: number): number {
    return Math.max(this.questions.wait(now), this.bytes.wait(now));
  }

  use(bytes: number): void {
    this.questions.use(1);
    this.bytes.use(bytes);
  }
}

/** Counts the answers to system methods. Clients are told apart by the first two tokens of their reply subjects. */
export class SystemQuota {
  private readonly clients = new Map<string, Share>();
  private readonly all: Share;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.all = new Share(ALL, now());
  }

  /**
   * Admits a system call. Its answer is counted when it is sent.
   *
   * @throws RpcError `overloaded` if its client, or all clients together, have got as much as they get in this time
   */
  admit(request: IncomingRequest): void {
    const client = this.take(request.reply!, request.label, request.replies?.isSpent === true ? BATCH_PAUSE : 0);
    request.onAnswer = ({ length }) => client.use(length);
  }

  /** Admits a question of a client by its reply subject. `pause`: milliseconds that it has to wait for another reason. */
  take(reply: string, label: string, pause = 0): Pick<Share, 'use'> {
    const now = this.now();
    const client = this.clientOf(reply, now);
    const retryAfter = Math.max(client.wait(now), this.all.wait(now), pause);
    if (retryAfter > 0) {
      const sentence = `${label}: this server has answered too much on this reply subject; retry after ${retryAfter} ms`;
      throw new RpcError('overloaded', sentence, { data: { retryAfter } });
    }
    return {
      use: (bytes) => {
        client.use(bytes);
        this.all.use(bytes);
      },
    };
  }

  private clientOf(reply: string, now: number): Share {
    const prefix = replySubjects.clientIn(reply);
    const client = this.clients.get(prefix) ?? new Share(1, now);
    this.clients.delete(prefix);
    this.clients.set(prefix, client);
    if (this.clients.size > MOST_CLIENTS) {
      const [oldest] = this.clients.keys();
      this.clients.delete(oldest!);
    }
    return client;
  }
}
