/** Limits the answers to system methods, which need no slot: by bytes for each client, and by bytes for all clients together. */
import { RpcError } from '@concord-rpc/core';
import { subjects } from '@concord-rpc/core/wire';
import type { IncomingRequest } from '../request/incoming-request';

/** Bytes of answers that one client gets at once. */
const BURST = 524_288;
/** Bytes of answers that one client gets in a second, after that. */
const RATE = 131_072;
/** All clients together get so many times as much. */
const ALL = 8;
/** A shorter answer counts as so many bytes. */
const LEAST = 1_024;
/** Milliseconds after which to retry a system call in a batch whose answers are much larger than the batch. */
const BATCH_PAUSE = 1_000;
/** Most clients that are told apart. The one that asked least recently is forgotten first. */
const MOST_CLIENTS = 1_024;

/** Bytes that can be sent, which grow with time. */
class Allowance {
  left: number;
  private at: number;

  constructor(
    private readonly burst: number,
    private readonly rate: number,
    now: number,
  ) {
    this.left = burst;
    this.at = now;
  }

  /** Adds what time has given (nothing if a test has set the clock back), and returns the milliseconds until an answer is allowed: 0 if one is allowed now. */
  wait(now: number): number {
    this.left = Math.min(this.burst, this.left + (Math.max(0, now - this.at) / 1_000) * this.rate);
    this.at = now;
    return this.left > 0 ? 0 : Math.ceil((LEAST - this.left) / (this.rate / 1_000));
  }
}

/** Counts the answers to system methods. Clients are told apart by the first two tokens of their reply subjects. */
export class SystemQuota {
  private readonly clients = new Map<string, Allowance>();
  private readonly all: Allowance;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.all = new Allowance(BURST * ALL, RATE * ALL, now());
  }

  /**
   * Admits a system call. Its answer is counted when it is sent.
   *
   * @throws RpcError `overloaded` if its client, or all clients together, have got as much as they get in this time
   */
  admit(request: IncomingRequest): void {
    const now = this.now();
    const client = this.clientOf(request.reply!, now);
    const retryAfter = Math.max(client.wait(now), this.all.wait(now), request.replies?.isSpent === true ? BATCH_PAUSE : 0);
    if (retryAfter > 0) {
      throw new RpcError(
        'overloaded',
        `${request.label}: this server has answered too much on this reply subject; retry after ${retryAfter} ms`,
        { data: { retryAfter } },
      );
    }
    request.onAnswer = ({ length }) => {
      const bytes = Math.max(LEAST, length);
      client.left -= bytes;
      this.all.left -= bytes;
    };
  }

  private clientOf(reply: string, now: number): Allowance {
    const prefix = subjects.clientIn(reply);
    const client = this.clients.get(prefix) ?? new Allowance(BURST, RATE, now);
    this.clients.delete(prefix);
    this.clients.set(prefix, client);
    if (this.clients.size > MOST_CLIENTS) {
      const [oldest] = this.clients.keys();
      this.clients.delete(oldest!);
    }
    return client;
  }
}
