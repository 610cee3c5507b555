/** The interval that a server takes from the signs of others: in proportion to their number, within bounds, and no jump. */
import { presence } from '@concord-rpc/core/wire';
import { MemoryTransport } from '@concord-rpc/memory';
import { Pace } from './pace';

const ADDRESS = { root: 'rpc', exchange: 'default', topic: 't' };

beforeEach(() => void jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Returns the next interval of a server that hears so many signs a second, for a second. */
async function nextInterval({ signs, interval, last }: { signs: number; interval: number; last: number }): Promise<number> {
  const transport = new MemoryTransport();
  const pace = new Pace({ transport, address: ADDRESS, base: 30_000, onDenied: () => undefined });
  const next = pace.interval(last);
  const announcement = { server: 'other', boot: 'b', interval, endpoints: [] };
  const sign = presence.encodeSign({ occasion: 'alive', announcement });
  for (let sent = 0; sent < signs; sent++) {
    await jest.advanceTimersByTimeAsync(1_000 / signs);
    transport.publish(presence.signSubject(ADDRESS, 'other'), sign);
  }
  await jest.advanceTimersByTimeAsync(1_000);
  return next;
}

test.each([
  { servers: 30, signs: 1, interval: 30_000, expected: 30_000 },
  { servers: 1_000, signs: 33, interval: 30_000, expected: 30_000 },
  { servers: 3_000, signs: 100, interval: 30_000, expected: 60_000 },
  { servers: 10_000, signs: 333, interval: 30_000, expected: 200_000 },
  { servers: 10_000, signs: 50, interval: 200_000, expected: 200_000 },
  { servers: 100_000, signs: 50, interval: 2_000_000, expected: 2_000_000 },
  { servers: 'a billion', signs: 500, interval: 2_000_000_000, expected: 3_600_000 },
])('among $servers servers with intervals of $interval ms it is about $expected ms', async ({ expected, ...heard }) => {
  const next = await nextInterval({ ...heard, last: 3_600_000 });
  expect(next / expected).toBeGreaterThan(0.9);
  expect(next / expected).toBeLessThan(1.1);
});

test.each([
  { signs: 333, interval: 30_000, last: 30_000, expected: 60_000 },
  { signs: 0, interval: 30_000, last: 200_000, expected: 30_000 },
])(
  'after an interval of $last ms, with $signs signs a second, it is $expected ms: at most twice as long',
  async ({ expected, ...heard }) => {
    expect(await nextInterval(heard)).toBe(expected);
  },
);
