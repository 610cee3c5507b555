/** When a lost connection is tried again, on a clock that the test moves. */
import type { ConnectionOptions } from 'nats';
import { backOff, OnceAMinute } from './back-off';
import { Reconnecting } from './reconnecting';

let now = 0;
beforeEach(() => {
  now = 0;
});

function reconnecting(given: ConnectionOptions = {}, authRetryFor?: number): Reconnecting {
  return new Reconnecting(given, authRetryFor, () => now);
}

/** The wait before the next attempt, as `nats` asks for it. */
function delayOf({ options }: Reconnecting): number {
  return options.reconnectDelayHandler!();
}

test('the waits of a back-off double, with a jitter of a quarter, up to the longest', () => {
  for (let failed = 0; failed < 200; failed++) {
    const full = Math.min(30_000, 250 * 2 ** failed);
    const wait = backOff(failed, 30_000);
    expect(wait).toBeGreaterThanOrEqual(full * 0.75);
    expect(wait).toBeLessThanOrEqual(full);
  }
});

test('a dead connection is noticed within 10 s, and a lost attempt and the wait after it take 2 s at most', () => {
  const policy = reconnecting();
  policy.connection = {};
  expect(policy.options.pingInterval! * (policy.options.maxPingOut! + 1)).toBeLessThan(10_000);
  for (let attempt = 0; attempt < 100; attempt++) expect(delayOf(policy) + policy.options.timeout!).toBeLessThanOrEqual(2_000);
});

test('a broker that is away is tried twice to four times a second, however long it is away', () => {
  const policy = reconnecting();
  policy.connection = {};
  for (let attempt = 0; attempt < 100; attempt++) {
    expect(delayOf(policy)).toBeGreaterThanOrEqual(250);
    expect(delayOf(policy)).toBeLessThanOrEqual(500);
  }
});

test('refused credentials are tried again after up to 30 s, and after a success as before', () => {
  const policy = reconnecting();
  policy.connection = {};
  for (let refusals = 0; refusals < 20; refusals++) expect(policy.credentialsRefused()).toBe(true);
  expect(delayOf(policy)).toBeGreaterThanOrEqual(22_500);
  expect(delayOf(policy)).toBeLessThanOrEqual(30_000);
  expect(policy.connected()).toBe(true);
  expect(policy.connected()).toBe(false);
  expect(delayOf(policy)).toBeLessThanOrEqual(500);
});

test('after authRetryFor there is no further attempt, and the last one comes at its end', () => {
  const policy = reconnecting({}, 60_000);
  policy.connection = {};
  expect(policy.credentialsRefused()).toBe(true);
  now = 59_000;
  for (let refusals = 0; refusals < 20; refusals++) expect(policy.credentialsRefused()).toBe(true);
  expect(delayOf(policy)).toBeLessThanOrEqual(1_000);
  now = 60_000;
  expect(policy.credentialsRefused()).toBe(false);
  policy.connected();
  expect(policy.credentialsRefused()).toBe(true);
});

test.each([
  ['a fast network', 5, 1_500],
  ['a slow network', 1_000, 4_000],
  ['a connect that took a minute', 60_000, 20_000],
])('an attempt may take four times as long as the last success, at least 1.5 s: %s', (_name, took, expected) => {
  const policy = reconnecting();
  delayOf(policy); // the first attempt begins
  expect(policy.options.timeout).toBeUndefined();
  now = took;
  policy.connected();
  policy.connection = {};
  delayOf(policy);
  expect(policy.options.timeout).toBe(expected);
});

test('options that are given are kept', () => {
  const policy = reconnecting({ timeout: 7_000, reconnectDelayHandler: () => 123, pingInterval: 1 });
  policy.connection = {};
  expect(delayOf(policy)).toBe(123);
  expect(policy.options).toMatchObject({ timeout: 7_000, pingInterval: 1, maxPingOut: 2, maxReconnectAttempts: -1 });
});

test('an attempt that has timed out ends its socket, and cannot succeed later; a connection is left alone', async () => {
  const policy = reconnecting();
  const socket = { destroy: jest.fn() };
  const transport = { connected: true, socket, peekInfo: async () => 'info' };
  policy.connection = { protocol: { transport } };
  delayOf(policy);
  expect(socket.destroy).not.toHaveBeenCalled();
  await expect(transport.peekInfo()).resolves.toBe('info');
  transport.connected = false;
  delayOf(policy);
  expect(socket.destroy).toHaveBeenCalled();
  await expect(transport.peekInfo()).rejects.toThrow('has timed out');
});

test('a line is due once a minute, and at once after the trouble is over', () => {
  const line = new OnceAMinute(() => now);
  const due = [0, 1, 59_999, 60_000, 60_001].map((at) => {
    now = at;
    return line.isDue();
  });
  expect(due).toEqual([true, false, false, true, false]);
  line.reset();
  expect(line.isDue()).toBe(true);
});
