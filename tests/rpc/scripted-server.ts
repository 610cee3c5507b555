/** A server that answers as a test tells it to, message by message, and keeps what it was sent. */
import type { Transport } from 'concord-rpc';

/** A request as it came. */
export interface Seen {
  readonly subject: string;
  readonly at: number;
  readonly re?: string;
  readonly ttl: number;
  readonly args: readonly unknown[];
  readonly id?: string;
  readonly known?: true;
  readonly cast?: true;
}

/** What is answered: a result, an error as the wire has it, a notice (and then nothing), or nothing. */
export type Answer = Readonly<Record<string, unknown>> | undefined;

/** Listens on a subject of the protocol; `answer` is given each request and how many there were before it. */
export async function scriptedServer(
  transport: Transport,
  subject: string,
  answer: (request: Seen, index: number) => Answer,
): Promise<Seen[]> {
  const seen: Seen[] = [];
  transport.subscribe(subject, {
    deliver: ({ subject: to, data, reply }) => {
      const request: Seen = { subject: to, at: performance.now(), ...JSON.parse(Buffer.from(data).toString()) };
      const given = answer(request, seen.push(request) - 1);
      if (given !== undefined) transport.publish(reply!, Buffer.from(JSON.stringify({ re: request.re, ...given })));
    },
  });
  await transport.flush();
  return seen;
}

/** An error as the wire has it. */
export function wireError(code: string, executed: 'no' | 'maybe' | 'yes', data?: object): Answer {
  return { error: { code, message: `${code} as told`, executed, retryable: false, data } };
}
