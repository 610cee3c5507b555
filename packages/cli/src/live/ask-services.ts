/** Asks all services by NATS's services protocol one question, and collects their answers until no further one comes. */
import { randomBytes } from 'node:crypto';
import type { Connection } from '@concord-rpc/client';
import { RpcError } from '@concord-rpc/core';
import { questionSubject, type ServiceVerb, subjects } from '@concord-rpc/core/wire';

/** Milliseconds within which the first answer has to come. */
const FIRST = 2_000;
/** Least milliseconds without an answer after which no further one is expected. A fleet whose answers took longer gets half of their time. */
const QUIET = 500;
/** Longest time in milliseconds, however many programs answer. */
const LONGEST = 15_000;

/** A question to services. */
export interface AskedServices {
  readonly verb: ServiceVerb;
  /** The name of a contract; every service by default. */
  readonly name?: string;
  /** The content of the question. Default: none. */
  readonly content?: string;
  /** Called with each answer, which can be anything. */
  onAnswer(data: Uint8Array): void;
}

/**
 * Asks every service, or those of one name. Resolves when no answer has come for a while.
 *
 * @throws RpcError `permission_denied` if the broker does not let this connection ask.
 */
export async function askServices(
  { transport }: Connection,
  { verb, name, content = '', onAnswer }: AskedServices,
): Promise<void> {
  const question = questionSubject(verb, name);
  const token = () => randomBytes(8).toString('hex');
  const reply = subjects.replySubject(subjects.replyPrefix(transport.root, transport.inbox ?? token(), token()), token(), 0);
  let refusal: RpcError | undefined;
  let end: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const askedAt = performance.now();
  let lastAt: number | undefined;
  /** Ends the search if the last answer is old enough; else looks again when it would be. */
  const look = () => {
    clearTimeout(timer);
    const now = performance.now();
    const expectedBy = lastAt === undefined ? askedAt + FIRST : lastAt + Math.max(QUIET, (lastAt - askedAt) / 2);
    const left = Math.min(expectedBy, askedAt + LONGEST) - now;
    if (left <= 0) end();
    else timer = setTimeout(look, left);
  };
  const deny = (subject: string) => {
    refusal = new RpcError('permission_denied', `the broker's permissions do not let this user use ${subject}`);
    end();
  };
  const subscription = transport.subscribe(reply, {
    deliver: ({ data }) => {
      const isFirst = lastAt === undefined;
      lastAt = performance.now();
      if (isFirst) look();
      onAnswer(data);
    },
    noResponders: () => end(),
    onRefused: () => deny(reply),
  });
  const forget = transport.onPublishRefused((subject) => {
    if (subject === question) deny(subject);
  });
  try {
    transport.publish(question, Buffer.from(content), reply);
    look();
    await ended;
  } finally {
    clearTimeout(timer);
    forget();
    void subscription.drain();
  }
  if (refusal !== undefined) throw refusal;
}
