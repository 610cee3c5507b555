/** The times of signs: regular, random by a fifth, even and rarer in large topics, and none after the stop. */

import { presence, type ServerAnnouncement } from '@concord-rpc/core/wire';
import { MemoryTransport } from '@concord-rpc/memory';
import { Presence } from './presence';
import type { ServedTopic } from './served-topic';

const ADDRESS = { root: 'rpc', exchange: 'default', topic: 't' };

/** A transport whose servers could fall silent, as those of other processes can. */
class OverNetwork extends MemoryTransport {
  constructor() {
    super();
    Object.defineProperty(this, 'inProcess', { value: false });
  }
}

function announced(server: string, interval: number | undefined): ServerAnnouncement {
  return { server, boot: 'b', interval, endpoints: [] };
}

interface Timed {
  readonly at: number;
  readonly occasion: presence.Occasion;
  readonly interval: number | undefined;
}

function begin(base: number, transport = new OverNetwork()) {
  const began = performance.now();
  const signs: Timed[] = [];
  transport.subscribe(presence.everySign(ADDRESS), {
    deliver: ({ subject, data }) => {
      const { occasion, announcement } = presence.readSign(subject, data)!;
      if (announcement.server === 'own') signs.push({ at: performance.now() - began, occasion, interval: announcement.interval });
    },
  });
  const topic = {
    address: ADDRESS,
    interval: undefined as number | undefined,
    announcement: () => announced('own', topic.interval),
  };
  const own = new Presence({
    name: 'own',
    transport,
    topics: [topic as unknown as ServedTopic],
    interval: base,
    log: () => undefined,
  });
  return { own, signs, transport };
}

/** Lets time pass, while other servers send so many signs in it. */
async function pass(transport: MemoryTransport, milliseconds: number, others = 0, interval = 30_000): Promise<void> {
  const subject = presence.signSubject(ADDRESS, 'other');
  const sign = presence.encodeSign({ occasion: 'alive', announcement: announced('other', interval) });
  const steps = Math.max(others, 1);
  for (let step = 0; step < steps; step++) {
    await jest.advanceTimersByTimeAsync(milliseconds / steps);
    if (others > 0) transport.publish(subject, sign);
  }
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

test('alive is sent about every interval, never later than a fifth after it, until bye', async () => {
  const { own, signs, transport } = begin(1_000);
  own.hello();
  await pass(transport, 20_000, 1);
  own.bye();
  await pass(transport, 20_000, 1);
  const alive = signs.filter(({ occasion }) => occasion === 'alive');
  expect(alive.length).toBeGreaterThanOrEqual(16);
  expect(alive.every(({ interval }) => interval === 1_000)).toBe(true);
  const gaps = signs.slice(1).map(({ at }, index) => at - signs[index]!.at);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(1_200);
  expect(new Set(gaps.map(Math.round)).size).toBeGreaterThan(5);
  expect(signs.at(-1)!.occasion).toBe('bye');
});

test('nothing is sent by itself where servers cannot fall silent', async () => {
  const { own, signs, transport } = begin(1_000, new MemoryTransport() as OverNetwork);
  own.hello();
  await pass(transport, 10_000);
  expect(jest.getTimerCount()).toBe(0);
  expect(signs).toEqual([{ at: 0, occasion: 'hello', interval: undefined }]);
});

/** Servers that start at once, with the figures of all samples and signs since the last reading. */
function beginMany(count: number, interval: number) {
  const transport = new OverNetwork();
  let seed = 1; // the same numbers in every run
  jest.spyOn(Math, 'random').mockImplementation(() => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647);
  let [signs, deliveries] = [0, 0];
  const subscribe = transport.subscribe.bind(transport);
  jest.spyOn(transport, 'subscribe').mockImplementation((pattern, options) => {
    const deliver = (message: Parameters<typeof options.deliver>[0]) => {
      deliveries++;
      options.deliver(message);
    };
    const subscription = subscribe(pattern, { ...options, deliver });
    // a broker goes on for a moment
    return { drain: () => new Promise((resolve) => setTimeout(() => void subscription.drain().then(resolve), 20)) };
  });
  const publish = transport.publish.bind(transport);
  jest.spyOn(transport, 'publish').mockImplementation((...message) => {
    signs++;
    publish(...message);
  });
  const all = Array.from({ length: count }, (_, index) => {
    const topic = {
      address: ADDRESS,
      interval: undefined as number | undefined,
      announcement: () => announced(`s${index}`, topic.interval),
    };
    const topics = [topic as unknown as ServedTopic];
    return { topic, own: new Presence({ name: `s${index}`, transport, topics, interval, log: () => undefined }) };
  });
  const read = () => {
    const figures = { signs, deliveries };
    [signs, deliveries] = [0, 0];
    return figures;
  };
  for (const { own } of all) own.hello();
  read();
  const intervals = () => all.map(({ topic }) => topic.interval!);
  const bye = () => {
    for (const { own } of all) own.bye();
  };
  return { transport, read, intervals, bye };
}

test('the signs of many servers do not set each other off: each reaches the samples of 16 others', async () => {
  const { transport, read, bye } = beginMany(200, 4_000);
  await pass(transport, 8_000);
  read();
  await pass(transport, 10_000);
  const { signs, deliveries } = read();
  bye();
  expect(signs).toBeGreaterThan(400);
  expect(deliveries / signs).toBeLessThan(18);
});

test('servers that start at once send evenly from the beginning, and then as rarely as their number wants', async () => {
  const { transport, read, bye } = beginMany(600, 4_000);
  const seconds: number[] = [];
  for (let second = 0; second < 40; second++) {
    await pass(transport, 1_000);
    seconds.push(read().signs);
  }
  bye();
  expect(Math.max(...seconds)).toBeLessThan(1.5 * 150); // 600 in 4 s
  const later = seconds.slice(16);
  expect(later.reduce((sum, signs) => sum + signs, 0) / later.length / 50).toBeCloseTo(1, 0);
});

test('the longer intervals that servers plan do not make others plan still longer ones', async () => {
  const { transport, intervals, bye } = beginMany(1_000, 15_000);
  await pass(transport, 15_000); // each has sent one sign; 1 000 servers want 20 s
  const mean = intervals().reduce((sum, interval) => sum + interval, 0) / 1_000;
  bye();
  expect(mean).toBeGreaterThan(18_000);
  expect(mean).toBeLessThan(23_000);
});
