/** The name of a server on its topics: the default, and the question whether another server has it. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Transport } from '@concord-rpc/core';
import { type IncomingMessage, jsonCodec, PING, type Reply, subjects } from '@concord-rpc/core/wire';
import type { Listening } from '../dispatch/dispatch-table';

/**
 * Longest wait for an answer, in milliseconds. It is used up only if the broker cannot report "no responders": a subscription of another
 * listener covers the subject, a dead connection of a former server still has one, or the server that has the name is stopping.
 */
const LONGEST_WAIT = 500;
const NONCE_BYTES = 12;

/** Returns a name that no other server has: host name, process id and a random part. */
export function defaultName(): string {
  const host =
    hostname()
      .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
      .slice(0, 64) || 'host';
  return `${host}-${process.pid}-${randomBytes(3).toString('hex')}`;
}

/** The answers to the question whether another server has the name. */
export interface NameAnswers {
  /** The topics, as `exchange/topic`, on which another server answers to the name. */
  readonly taken: readonly string[];
  /** The subjects of the questions that the broker's permissions did not let the connection ask, or get answered. */
  readonly denied: readonly string[];
}

/**
 * Asks whether another server answers to the name, on each topic. Ask before the subscriptions of this server are made: then only another server
 * can answer. A server that is stopping does not count. Always resolves.
 */
export async function askForName(transport: Transport, name: string, listening: readonly Listening[]): Promise<NameAnswers> {
  const addresses = listening.flatMap(({ controlOf }) => controlOf ?? []);
  const pings = addresses.map((address) => subjects.systemSubject(subjects.serverPrefix(address, name), PING));
  const { taken, denied } = await new Promise<NameQuestion>((resolve) => new NameQuestion(transport, pings, resolve).ask());
  const topics = addresses.filter((_, index) => taken.has(pings[index]!)).map(({ exchange, topic }) => `${exchange}/${topic}`);
  return { taken: topics, denied: [...denied] };
}

/** One ping for each topic, on one reply subscription. */
class NameQuestion {
  private readonly nonce = randomBytes(NONCE_BYTES).toString('base64url');
  private readonly prefix: string;
  readonly taken = new Set<string>();
  readonly denied = new Set<string>();
  private readonly open: Set<string>;
  private end: () => void = () => undefined;

  constructor(
    private readonly transport: Transport,
    private readonly pings: readonly string[],
    private readonly resolve: (question: NameQuestion) => void,
  ) {
    this.prefix = subjects.replyPrefix(transport.root, randomBytes(NONCE_BYTES).toString('base64url'));
    this.open = new Set(pings);
  }

  ask(): void {
    const { transport, nonce } = this;
    const subscription = transport.subscribe(subjects.anyReply(this.prefix), {
      deliver: (message) => this.onReply(message),
      noResponders: (reply) => this.answered(this.pingOf(reply)),
      onRefused: () => {
        for (const ping of this.open) this.denied.add(ping);
        this.end();
      },
    });
    const stopListening = transport.onPublishRefused((subject) => {
      if (this.open.has(subject)) this.denied.add(subject);
      this.answered(subject);
    });
    const timer = setTimeout(() => this.end(), LONGEST_WAIT);
    this.end = () => {
      this.end = () => undefined;
      clearTimeout(timer);
      stopListening();
      void subscription.drain();
      this.resolve(this);
    };
    const encoder = jsonCodec.requestEncoder('1.0', [PING]);
    const request = encoder.call(encoder.args([PING]), nonce, LONGEST_WAIT);
    try {
      for (const [slot, ping] of this.pings.entries()) transport.publish(ping, request, subjects.replySubject(this.prefix, slot));
    } catch {
      this.end(); // not connected, which the subscriptions of the server will report
    }
  }

  private onReply({ subject, data }: IncomingMessage): void {
    const ping = this.pingOf(subject);
    let reply: Reply;
    try {
      reply = jsonCodec.decodeReply(data);
    } catch {
      return;
    }
    // a server that is stopping answers so; a live one may answer too
    if (ping === undefined || reply.nonce !== this.nonce || reply.error?.code === 'server_stopped') return;
    this.taken.add(ping);
    this.answered(ping);
  }

  private answered(ping: string | undefined): void {
    if (ping !== undefined && this.open.delete(ping) && this.open.size === 0) this.end();
  }

  private pingOf(reply: string): string | undefined {
    return this.pings[subjects.slotOf(reply)];
  }
}
