/** Subscriptions that end together share one round trip, and are deaf only after it. */

import { startNatsServer } from '@concord-rpc/testing';
import { connect, type NatsConnection } from 'nats';
import { NatsTransport } from '../nats-transport';
import { SubscriptionTable } from './subscription-table';

const told = { subscriptionRefused: () => undefined, subscriptionAccepted: () => undefined };

/** A connection that records what it is asked for. */
function recorded(privateParts: boolean) {
  const log: string[] = [];
  const table = { cancel: (subscription: { subject: string }) => log.push(`cancel ${subscription.subject}`) };
  const protocol = {
    unsub: (subscription: { subject: string }) => log.push(`unsub ${subscription.subject}`),
    subscriptions: table,
  };
  const connection = {
    subscribe: (subject: string) => ({
      subject,
      ...(privateParts && { protocol }),
      drain: async () => void log.push(`drain ${subject}`),
      isClosed: () => false,
    }),
    flush: async () => void log.push('flush'),
  };
  const subscriptions = new SubscriptionTable(
    connection as never,
    told,
    async () => undefined,
    () => true,
  );
  const open = ['a', 'b', 'c'].map((subject) => subscriptions.subscribe(subject, { deliver: () => undefined }));
  return { log, open };
}

test('the subscriptions that end in one turn share one round trip', async () => {
  const { log, open } = recorded(true);
  await Promise.all(open.slice(0, 2).map((subscription) => subscription.drain()));
  await open[2]!.drain();
  expect(log).toEqual(['unsub a', 'unsub b', 'flush', 'cancel a', 'cancel b', 'unsub c', 'flush', 'cancel c']);
});

test('a client without the private members ends each by itself', async () => {
  const { log, open } = recorded(false);
  await Promise.all(open.map((subscription) => subscription.drain()));
  expect(log).toEqual(['drain a', 'drain b', 'drain c']);
});

describe('on a broker', () => {
  let broker: Awaited<ReturnType<typeof startNatsServer>>;
  let other: NatsConnection;
  beforeAll(async () => {
    broker = await startNatsServer();
    other = await connect({ servers: broker.url });
  });
  afterAll(async () => {
    await other.close();
    await broker.stop();
  });

  test.each(['nats', '@nats-io/transport-node'] as const)(
    '%s: what the broker had sent is delivered, and nothing later',
    async (library) => {
      const transport = await NatsTransport.connect({ servers: broker.url, library });
      const heard: string[] = [];
      const open = Array.from({ length: 20 }, (_, index) =>
        transport.subscribe(`t.${index}`, { deliver: ({ subject }) => heard.push(subject) }),
      );
      await transport.flush();
      for (let index = 0; index < 20; index++) other.publish(`t.${index}`);
      await other.flush(); // the broker has sent them, and this process has not read them
      await Promise.all(open.map((subscription) => subscription.drain()));
      expect(new Set(heard).size).toBe(20);
      for (let index = 0; index < 20; index++) other.publish(`t.${index}`);
      await other.flush();
      await transport.flush();
      expect(heard).toHaveLength(20);
      await transport.close();
    },
  );
});
