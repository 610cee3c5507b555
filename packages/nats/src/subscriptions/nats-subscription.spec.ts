/** A subscription that the broker refuses is made again, and not once it is drained. */
import { NatsSubscription, type SubscriptionHost } from './nats-subscription';

/** Subscriptions that were made on the connection. */
let made = 0;
const inner = { drain: async () => undefined, unsubscribe: () => undefined, isClosed: () => false };
const host = {
  connection: {
    subscribe: () => {
      made++;
      return inner;
    },
  },
  flush: () => Promise.resolve(),
  isConnected: () => true,
  end: () => Promise.resolve(),
  onStillRefused: () => undefined,
  onAccepted: () => undefined,
  onDrained: () => undefined,
} as unknown as SubscriptionHost;
const refusal = new Error('denied');

beforeEach(() => {
  made = 0;
  jest.useFakeTimers();
});
afterEach(() => jest.useRealTimers());

test('it is made again after a wait', async () => {
  const subscription = new NatsSubscription('x', { deliver: () => undefined }, host);
  subscription.refuse(refusal);
  expect(made).toBe(1);
  await jest.advanceTimersByTimeAsync(300);
  expect(made).toBe(2);
  expect(subscription.refused).toBeUndefined();
});

test('it is made again at once when the connection is back, and then not again', async () => {
  const subscription = new NatsSubscription('x', { deliver: () => undefined }, host);
  subscription.refuse(refusal);
  subscription.tryAgain();
  expect(made).toBe(2);
  await jest.advanceTimersByTimeAsync(20_000);
  expect(made).toBe(2);
});

test('a second report about the same refusal does not shorten the wait', async () => {
  const subscription = new NatsSubscription('x', { deliver: () => undefined }, host);
  subscription.refuse(refusal);
  subscription.refuse(refusal);
  await jest.advanceTimersByTimeAsync(20_000);
  expect(made).toBe(2);
});

test('once it is drained, neither a timer nor a new connection makes it again', async () => {
  const subscription = new NatsSubscription('x', { deliver: () => undefined }, host);
  subscription.refuse(refusal);
  await subscription.drain();
  subscription.tryAgain();
  await jest.advanceTimersByTimeAsync(20_000);
  expect(made).toBe(1);
});
