/** The room that a stream has for items and bytes, and the silence of its reader that ends it, on a clock of the test. */
import { type Encoded, jsonCodec, type Request, toBytes } from '@concord-rpc/core/wire';
import { IncomingRequest } from '../request/incoming-request';
import type { ServedMethod } from '../request/served-method';
import { StreamReply } from './stream-reply';

const method = { label: 'Api.watch', definition: { mode: 'stream' } } as ServedMethod;

function open(envelope: Partial<Request>) {
  const request = new IncomingRequest(
    's',
    { subject: 'x', reply: 'rpcr.x.1', form: 'alone' as const, codec: jsonCodec },
    { args: [], ...envelope },
  );
  request.method = method;
  let sent = 0;
  let bytes = 0;
  const publish = (message: Encoded) => {
    const data = toBytes(message);
    bytes += data.length;
    sent += jsonCodec.decodeReply(data).items!.length;
  };
  const stream = new StreamReply(request, jsonCodec, publish, 1_048_576);
  return { request, stream, sent: () => sent, bytes: () => bytes };
}

const turns = async () => {
  for (let turn = 0; turn < 400; turn++) await new Promise((resolve) => setImmediate(resolve));
};
function* endless(item: unknown = 1): Generator<unknown> {
  for (;;) yield item;
}

describe('silence of the reader', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test.each<[string, Partial<Request>, number | undefined]>([
    ['nothing', {}, 30_000],
    ['a window', { window: 64 }, 30_000],
    ['the shortest monitor', { monitor: 1 }, 300],
    ['a monitor', { monitor: 5_000 }, 15_000],
    ['the longest monitor', { monitor: 1e308 }, 1_800_000],
    ['a deadline within ten minutes', { ttl: 600_000 }, undefined],
    ['a deadline after ten minutes', { ttl: 1e308 }, 30_000],
    ['a deadline and a monitor', { ttl: 60_000, monitor: 1_000 }, 3_000],
  ])('a request with %s', (_what, envelope, after) => {
    const { request } = open(envelope);
    jest.advanceTimersByTime((after ?? 3_600_000) - 1);
    expect(request.signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(request.signal.aborted).toBe(after !== undefined);
  });

  test('credit, also of 0 items, shows that the reader is alive', () => {
    const { request, stream } = open({});
    for (let each = 0; each < 10; each++) {
      jest.advanceTimersByTime(20_000);
      stream.grant(0);
    }
    expect(request.signal.aborted).toBe(false);
    request.abort(undefined as never);
  });
});

test.each([undefined, 64, 1_000, 1e9, 1e308])(
  'a window of %p begins with at most 64 items, and doubles with credit',
  async (window) => {
    const { request, stream, sent } = open({ window });
    void stream.pump(endless());
    await turns();
    expect(sent()).toBe(64);
    stream.grant(64);
    await turns();
    const doubled = window === undefined || window === 64 ? 128 : 192;
    expect(sent()).toBe(doubled);
    request.abort(undefined as never);
  },
);

test('the room is never more than the window', async () => {
  const { request, stream, sent } = open({ window: 100 });
  void stream.pump(endless());
  for (let read = 0; read < 1_000; read += 50) {
    await turns();
    expect(sent() - read).toBeLessThanOrEqual(100);
    stream.grant(50);
  }
  request.abort(undefined as never);
});

test('unread bytes have a bound: 256 kB before the first credit, 4 MiB after it', async () => {
  const { request, stream, sent, bytes } = open({ window: 65_536 });
  void stream.pump(endless('x'.repeat(8_190)));
  await turns();
  expect(bytes()).toBeLessThan(300_000);
  let read = 0;
  for (let round = 0; round < 12; round++) {
    const unread = sent() - read;
    stream.grant(unread);
    read += unread;
    await turns();
    expect((sent() - read) * 8_192).toBeLessThan(4_300_000);
  }
  expect((sent() - read) * 8_192).toBeGreaterThan(4_000_000);
  request.abort(undefined as never);
});

test('32 items are sent however large they are, because readers send credit after so many', async () => {
  const { request, stream, sent } = open({ window: 64 });
  void stream.pump(endless('x'.repeat(100_000)));
  await turns();
  expect(sent()).toBe(32);
  request.abort(undefined as never);
});
