/** Asks all services by NATS's services protocol one question, and collects their answers until no further one comes. */
import { randomBytes } from 'node:crypto';
import type { Connection } from '@concord-rpc/client';
import { RpcError } from '@concord-rpc/core';
import { questionSubject, type ServiceVerb, subjects } from '@concord-rpc/core/wire';

/** Milliseconds within which the first answer has to come, and after an answer the next. */
const FIRST = 2_000;
const QUIET = 500;
/** Longest time in milliseconds, however many programs answer. */
const LONGEST = 15_000;

/** A question to services. */
export interface AskedServices {
  readonly verb: ServiceVerb;
  /** The name of a contract; every service by default. */
  readonly name?: string;
  /** Called with each answer, which can be anything. */
  onAnswer(data: Uint8Array): void;
}

/**
 * Asks every service, or those of one name. Resolves when no answer has come for half a second.
 *
 * @throws RpcError `permission_denied` if the broker does not let this connection ask.
 */
export async function askServices({ transport }: Connection, { verb, name, onAnswer }: AskedServices): Promise<void> {
  const question = questionSubject(verb, name);
  const token = () => randomBytes(8).toString('hex');
  const reply = subjects.replySubject(subjects.replyPrefix(transport.root, transport.inbox ?? token(), token()), token(), 0);
  let refusal: RpcError | undefined;
  let end: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const endAt = performance.now() + LONGEST;
  const waitFor = (milliseconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(end, Math.min(milliseconds, endAt - performance.now()));
  };
  const deny = (subject: string) => {
    refusal = new RpcError('permission_denied', `the broker's permissions do not let this user use ${subject}`);
    end();
  };
  const subscription = transport.subscribe(reply, {
    deliver: ({ data }) => {
      onAnswer(data);
      waitFor(QUIET);
    },
    noResponders: () => end(),
    onRefused: () => deny(reply),
  });
  const forget = transport.onPublishRefused((subject) => {
    if (subject === question) deny(subject);
  });
  try {
    transport.publish(question, new Uint8Array(), reply);
    waitFor(FIRST);
    await ended;
  } finally {
    clearTimeout(timer);
    forget();
    void subscription.drain();
  }
  if (refusal !== undefined) throw refusal;
}
