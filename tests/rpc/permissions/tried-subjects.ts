/** Single messages and subscriptions, to learn whether the broker allows them. */
import type { Transport } from 'concord-rpc';

/** Publishes an empty message. Resolves to the broker's verdict. */
export async function triedPublish(transport: Transport, subject: string): Promise<'allowed' | 'refused'> {
  let verdict: 'allowed' | 'refused' = 'allowed';
  const stop = transport.onPublishRefused((refused) => {
    if (refused === subject) verdict = 'refused';
  });
  transport.publish(subject, Buffer.alloc(0));
  await transport.flush(); // the report of a refusal comes before it
  stop();
  return verdict;
}

/** Subscribes for a moment. Resolves to the broker's verdict. */
export async function triedSubscribe(transport: Transport, subject: string, queue?: string): Promise<'allowed' | 'refused'> {
  const subscription = transport.subscribe(subject, { queue, deliver: () => undefined });
  await transport.flush();
  const verdict = subscription.refused === undefined ? 'allowed' : 'refused';
  await subscription.drain();
  return verdict;
}
