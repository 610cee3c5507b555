/** When a lost connection is tried again: the rules on a clock that the test moves, and the members of the clients that they need. */

import { startNatsServer } from '@concord-rpc/testing';
import { connect as connect3 } from '@nats-io/transport-node';
import { connect as connect2 } from 'nats';
import type { NatsConnectOptions } from '../library/nats-options';
import { endAttempt, serverCount, setLastAttempt } from '../library/private-parts';
import { backOff, fleetBackOff, OnceAMinute } from './back-off';
import { Reconnecting, type ReconnectRules } from './reconnecting';

let now = 0;
beforeEach(() => {
  now = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => now + 1); // a server that was never tried has the time 0
});
afterEach(() => jest.restoreAllMocks());

/** The part of both clients that reconnects: its loop, with attempts that fail at once. */
class Client {
  /** When each attempt began, and at which server. */
  readonly attempts: { readonly at: number; readonly server: number }[] = [];
  readonly policy: Reconnecting;
  readonly used: NatsConnectOptions;
  private readonly servers: { readonly id: number; lastConnect: number }[];

  constructor(given: NatsConnectOptions = {}, rules: ReconnectRules = {}, servers = 1) {
    this.policy = new Reconnecting(given, rules, () => now);
    this.used = { ...this.policy.options };
    this.servers = Array.from({ length: servers }, (_, id) => ({ id, lastConnect: 0 }));
    this.used.reconnectDelayHandler!();
    this.policy.connection = { protocol: { servers: { servers: this.servers } } };
    this.policy.connected();
  }

  /** Tries so many times. Returns the waits between the attempts. */
  lose(times: number, onAttempt?: () => void): number[] {
    const before = [now, ...this.attempts.map(({ at }) => at)].at(-1)!;
    const end = this.attempts.length + times;
    while (this.attempts.length < end) {
      const wait = this.used.reconnectDelayHandler!();
      expect(wait).toBeLessThanOrEqual(100); // nats 2.x sleeps on after close()
      const server = this.servers.shift()!;
      this.servers.push(server);
      if (server.lastConnect === 0 || server.lastConnect + wait <= Date.now()) {
        server.lastConnect = Date.now();
        this.attempts.push({ at: now, server: server.id });
        onAttempt?.();
      } else now += Math.min(wait, server.lastConnect + wait - Date.now());
    }
    const times_ = this.attempts.slice(-times).map(({ at }) => at);
    return times_.map((at, index) => at - (times_[index - 1] ?? before));
  }
}

test.each<[string, (failed: number) => number, number]>([
  ['a back-off has a jitter of a quarter', (failed) => backOff(failed, 30_000), 0.75],
  ['the waits of a fleet are spread over two thirds, at last from 10 to 30 s', fleetBackOff, 1 / 3],
])('waits double from 250 ms up to the longest: %s', (_what, wait, least) => {
  for (let failed = 0; failed < 200; failed++) {
    const full = Math.min(30_000, 250 * 2 ** failed);
    expect(wait(failed)).toBeGreaterThanOrEqual(full * least);
    expect(wait(failed)).toBeLessThanOrEqual(full);
  }
});

test('a dead connection is noticed within 10 s, and a lost attempt and the wait after it take 2 s at most', () => {
  const client = new Client();
  const { pingInterval, maxPingOut } = client.policy.options;
  expect(pingInterval! * (maxPingOut! + 1)).toBeLessThan(10_000);
  for (const wait of client.lose(100)) expect(wait + client.used.timeout!).toBeLessThanOrEqual(2_000);
});

test('a broker that is away is tried at once, and then two to four times a second, however long it is away', () => {
  const [first, ...later] = new Client().lose(200);
  expect(first).toBe(0);
  for (const wait of later) {
    expect(wait).toBeGreaterThanOrEqual(250);
    expect(wait).toBeLessThanOrEqual(500);
  }
});

test.each(['quick', 'fleet'] as const)(
  'the servers of a cluster are tried one after another without a wait: %s',
  (reconnectPace) => {
    const client = new Client({}, { reconnectPace }, 3);
    const waits = client.lose(9);
    for (const [index, wait] of waits.entries()) if (index % 3 > 0) expect(wait).toBe(0);
    for (const round of [0, 3, 6]) {
      expect(new Set(client.attempts.slice(round, round + 3).map(({ server }) => server)).size).toBe(3);
      if (round > 0) expect(waits[round]).toBeGreaterThan(0);
    }
  },
);

test('a fleet does not come back in one moment: the first wait is spread, and waits grow to 10 to 30 s', () => {
  const firsts = Array.from({ length: 50 }, () => new Client({}, { reconnectPace: 'fleet' }).lose(1)[0]!);
  expect(new Set(firsts.map((wait) => Math.floor(wait / 10))).size).toBeGreaterThan(5);
  const waits = new Client({}, { reconnectPace: 'fleet' }).lose(60);
  for (const wait of waits.slice(10)) {
    expect(wait).toBeGreaterThanOrEqual(10_000);
    expect(wait).toBeLessThanOrEqual(30_000);
  }
});

test('a clock that is set back does not delay the next attempt', () => {
  const client = new Client();
  client.lose(3);
  const offset = -7_200_000;
  jest.spyOn(Date, 'now').mockImplementation(() => now + offset);
  for (const wait of client.lose(20)) expect(wait).toBeLessThanOrEqual(500);
});

test('refused credentials are tried again after up to 30 s, and after a success as before', () => {
  const client = new Client();
  const waits = client.lose(20, () => expect(client.policy.credentialsRefused()).toBe(true));
  for (const wait of waits.slice(8)) {
    expect(wait).toBeGreaterThanOrEqual(22_500);
    expect(wait).toBeLessThanOrEqual(30_000);
  }
  expect(client.policy.connected()).toBe(true);
  expect(client.policy.connected()).toBe(false);
  for (const wait of client.lose(5)) expect(wait).toBeLessThanOrEqual(500);
});

test('after authRetryFor there is no further attempt, and the last one comes at its end', () => {
  const client = new Client({}, { authRetryFor: 60_000 });
  let isTried = true;
  client.lose(1, () => client.policy.credentialsRefused());
  for (let attempt = 0; isTried && attempt < 1_000; attempt++) {
    client.lose(1, () => {
      isTried = client.policy.credentialsRefused();
    });
  }
  expect(client.attempts.at(-1)!.at).toBeGreaterThanOrEqual(60_000);
  expect(client.attempts.at(-1)!.at).toBeLessThanOrEqual(60_600);
  client.policy.connected();
  expect(client.policy.credentialsRefused()).toBe(true);
});

test.each([
  ['a fast network', 5, 1_500],
  ['a slow network', 1_000, 4_000],
  ['a connect that took a minute', 60_000, 20_000],
])('an attempt may take four times as long as the last success, at least 1.5 s: %s', (_name, took, expected) => {
  const client = new Client();
  expect(client.used.timeout).toBeUndefined();
  client.lose(1);
  now += took;
  client.policy.connected();
  client.lose(1);
  expect(client.used.timeout).toBe(expected);
});

test('options that are given are kept', () => {
  const client = new Client({ timeout: 7_000, reconnectDelayHandler: () => 123, pingInterval: 1 });
  expect(client.lose(3)).toEqual([0, 123, 123]);
  expect(client.used).toMatchObject({ timeout: 7_000, pingInterval: 1, maxPingOut: 2, maxReconnectAttempts: -1 });
});

test('a client without the private members waits by its own rule', () => {
  const policy = new Reconnecting({ reconnectDelayHandler: () => 123 }, {}, () => now);
  policy.connection = {};
  expect([1, 2, 3].map(() => policy.options.reconnectDelayHandler!())).toEqual([0, 123, 123]);
});

test('an attempt that has timed out ends its socket, and cannot succeed later; a connection is left alone', async () => {
  const socket = { destroy: jest.fn() };
  const transport = { connected: true, socket, peekInfo: async () => 'info' };
  const connection = { protocol: { transport } };
  endAttempt(connection);
  expect(socket.destroy).not.toHaveBeenCalled();
  await expect(transport.peekInfo()).resolves.toBe('info');
  transport.connected = false;
  endAttempt(connection);
  expect(socket.destroy).toHaveBeenCalled();
  await expect(transport.peekInfo()).rejects.toThrow('has ended');
});

test.each<[string, (options: { servers: string }) => Promise<{ close(): Promise<void> }>]>([
  ['nats', connect2],
  ['@nats-io/transport-node', connect3],
])('the private members of %s are where they are read', async (_name, connect) => {
  const broker = await startNatsServer();
  const connection = await connect({ servers: broker.url.slice('nats://'.length) });
  const { transport } = (connection as unknown as { protocol: { transport: Record<string, unknown> } }).protocol;
  expect(transport).toMatchObject({ connected: true, socket: { destroy: expect.any(Function) }, peekInfo: expect.any(Function) });
  expect([serverCount(connection), setLastAttempt(connection, 1)]).toEqual([1, true]);
  await connection.close();
  await broker.stop();
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
