/** The diagnostics channels of Concord: what happens, published for subscribers, and not even gathered without one. */
import { type Channel, channel, type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import type { AttemptFacts, CallFacts, ConnectionFacts, PresenceFacts, RefusalFacts, RequestFacts } from './facts';

/** A tracing channel whose messages are facts of one kind. */
export type FactsChannel<Facts extends object> = TracingChannel<unknown, Facts>;

/**
 * The channels. Those of calls, attempts and requests are tracing channels: `start` and `end` are published at the begin, `asyncStart` and `asyncEnd` at the
 * end, and `error` before them if it ended with an error, all with the same facts. A batch, a refusal and a message are told by the others.
 */
export const channels = {
  /** Calls of clients: `tracing:concord.client.call:start`. */
  call: tracing<CallFacts>('concord.client.call'),
  /** Their messages. */
  attempt: tracing<AttemptFacts>('concord.client.attempt'),
  /** Requests at servers. */
  request: tracing<RequestFacts>('concord.server.request'),
  /** Messages that servers refused before a handler ran. */
  refusal: plain<RefusalFacts>('concord.server.refusal'),
  /** Connections to brokers. */
  connection: plain<ConnectionFacts>('concord.connection'),
  /** Servers of this process, and servers that its clients see. */
  presence: plain<PresenceFacts>('concord.presence'),
} as const;

/** A channel with events of one kind. */
interface PlainChannel<Facts> {
  readonly hasSubscribers: boolean;
  publish(facts: Facts): void;
}

function plain<Facts>(name: string): PlainChannel<Facts> {
  return channel(name) as Channel & PlainChannel<Facts>;
}

/** Bun's tracing channels do not tell whether they have subscribers. */
function tracing<Facts extends object>(name: string): FactsChannel<Facts> {
  const made = tracingChannel<unknown, Facts>(name);
  if (made.hasSubscribers !== undefined) return made;
  const { start, end, asyncStart, asyncEnd, error } = made;
  const parts = [start, end, asyncStart, asyncEnd, error];
  return Object.defineProperty(made, 'hasSubscribers', { get: () => parts.some((part) => part.hasSubscribers) });
}
