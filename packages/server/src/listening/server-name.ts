/** The name of a server on its topics: the default, and the question whether another server has it. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Transport } from '@concord-rpc/core';
import { type IncomingMessage, jsonCodec, PING, type Reply, subjects } from '@concord-rpc/core/wire';
import type { Listening } from '../dispatch/listening';

/**
 * Longest wait for an answer, in milliseconds. It is used up only if the broker cannot report "no responders": a subscription of another
 * listener covers the subject, a dead connection of a former server still has one, or the server that has the name is stopping.
 */
const LONGEST_WAIT = 500;
const TOKEN_BYTES = 12;

/** Returns a name that no other server has: host name, process id and a random part. */
export function defaultName(): string {
  const host =
    hostname()
      .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
      .slice(0, 64) || 'host';
  return `${host}-${process.pid}-${randomBytes(3).toString('hex')}`;
}

/**
 * Returns the topics, as `exchange/topic`, on which another server answers to the name. Ask before the subscriptions of this server are made:
 * then only another server can answer. A server that is stopping does not count. Always resolves; topics that may not be asked are left out.
 */
export async function topicsWhereNameIsTaken(
  transport: Transport,
  name: string,
  listening: readonly Listening[],
): Promise<string[]> {
  const addresses = listening.flatMap(({ controlOf }) => controlOf ?? []);
  const pings = addresses.map((address) => subjects.systemSubject(subjects.serverPrefix(address, name), PING));
  const taken = await new Promise<Set<string>>((resolve) => new NameQuestion(transport, pings, resolve).ask());
  return addresses.filter((_, index) => taken.has(pings[index]!)).map(({ exchange, topic }) => `${exchange}/${topic}`);
}

/** One ping for each topic, on one reply subscription. */
class NameQuestion {
  private readonly nonce = randomToken();
  private readonly prefix: string;
  /** A reply subject for each ping. */
  private readonly replies: readonly string[];
  private readonly taken = new Set<string>();
  private readonly open: Set<string>;
  private end: () => void = () => undefined;

  constructor(
    private readonly transport: Transport,
    private readonly pings: readonly string[],
    private readonly resolve: (taken: Set<string>) => void,
  ) {
    this.prefix = subjects.replyPrefix(transport.root, transport.inbox ?? randomToken(), randomToken());
    this.replies = pings.map((_, index) => subjects.replySubject(this.prefix, randomToken(), index));
    this.open = new Set(pings);
  }

  ask(): void {
    const { transport, nonce } = this;
    const subscription = transport.subscribe(subjects.anyReply(this.prefix), {
      deliver: (message) => this.onReply(message),
      noResponders: (reply) => this.answered(this.pingOf(reply)),
      onRefused: () => this.end(),
    });
    const stopListening = transport.onPublishRefused((subject) => this.answered(subject));
    const timer = setTimeout(() => this.end(), LONGEST_WAIT);
    this.end = () => {
      this.end = () => undefined;
      clearTimeout(timer);
      stopListening();
      void subscription.drain();
      this.resolve(this.taken);
    };
    const encoder = jsonCodec.requestEncoder('1.0', [PING]);
    const request = encoder.call(encoder.args([PING]), nonce, LONGEST_WAIT);
    try {
      for (const [index, ping] of this.pings.entries()) transport.publish(ping, request, this.replies[index]);
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
    return this.pings[this.replies.indexOf(reply)];
  }
}

function randomToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}
