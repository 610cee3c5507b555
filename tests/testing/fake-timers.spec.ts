/** Fake timers of Jest: calls and stops go on while the clock stands still, and moving the clock makes deadlines pass. */
import { once } from 'node:events';
import { createClient, Endpoint, RpcMethod, RpcServer, remote, rpcContext } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collect } from '../fixtures/collect';
import { failure } from '../fixtures/failure';

@Endpoint({ topic: 'clocks' })
class Clocks {
  @RpcMethod({ returns: Number }) half(_value: number): Promise<number> {
    return remote();
  }
  /** Never ends, and tells when its signal aborts. */
  @RpcMethod() hang(): Promise<void> {
    return remote();
  }
  @RpcMethod({ mode: 'stream', returns: Number }) count(_to: number): AsyncIterable<number> {
    return remote();
  }
}

let ended: unknown[];
const handlers = {
  half: (value: number) => value / 2,
  async hang() {
    const { signal } = rpcContext();
    await once(signal, 'abort');
    ended.push((signal.reason as { code?: string }).code);
    await new Promise(() => undefined); // a result at this moment could still reach the caller
  },
  async *count(to: number) {
    for (let item = 1; item <= to; item++) yield item;
    if (to === 0) await once(rpcContext().signal, 'abort');
  },
};

beforeEach(() => {
  ended = [];
});
afterEach(() => jest.useRealTimers());

describe.each(brokers)('$name', ({ name, start }) => {
  const broker = useBroker(start);
  // the library of NATS sends with a timer, so the clock must run there
  const fake = () => jest.useFakeTimers({ advanceTimers: name !== 'memory' });

  describe.each(['before', 'after'])('installed %s the server starts', (when) => {
    let server: RpcServer;
    beforeEach(async () => {
      if (when === 'before') fake();
      server = new RpcServer(broker.transport, { server: 's1', logger: broker.logger }).register(Clocks, handlers);
      await server.start();
      if (when === 'after') fake();
    });
    afterEach(async () => {
      await server.stop({ now: true }); // no clock has to be moved for it
    });

    test('calls, batches and streams end while the clock stands still', async () => {
      const clocks = createClient(broker.transport, Clocks);
      expect(await clocks.half(2)).toBe(1);
      const servers = clocks.$servers();
      await clocks.half(2); // the server has announced itself before it
      jest.advanceTimersByTime(1_000); // a question to all servers ends after a time without answers
      expect(await servers).toHaveLength(1);
      const together = createClient(broker.transport, Clocks, { batch: true });
      const values = Array.from({ length: 20 }, (_, index) => index);
      expect(await Promise.all(values.map((value) => together.half(value)))).toEqual(values.map((value) => value / 2));
      expect(await collect(clocks.count(300))).toHaveLength(300);
    });

    test('moving the clock makes a deadline pass, for the caller and in the handler', async () => {
      const clocks = createClient(broker.transport, Clocks, { timeout: 60_000 });
      await clocks.half(2);
      const calls = [failure(clocks.hang()), failure(clocks.hang())];
      await clocks.half(2); // both were received before it
      jest.advanceTimersByTime(50_000);
      expect(await clocks.half(4)).toBe(2);
      expect(ended).toEqual([]);
      jest.advanceTimersByTime(10_000);
      expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(['deadline_exceeded', 'deadline_exceeded']);
      await clocks.half(2);
      expect(ended).toEqual(['deadline_exceeded', 'deadline_exceeded']);
    });

    test('deadlines pass on the real clock again once the fake one is removed', async () => {
      const clocks = createClient(broker.transport, Clocks, { timeout: 1 });
      const onFakeClock = failure(clocks.hang());
      jest.useRealTimers();
      expect((await failure(clocks.hang())).code).toBe('deadline_exceeded');
      expect((await onFakeClock).code).toBe('deadline_exceeded');
    });

    test('moving the clock ends a stream', async () => {
      const clocks = createClient(broker.transport, Clocks, { timeout: 60_000 });
      const stream = failure(collect(clocks.count(0)));
      await clocks.half(2);
      jest.advanceTimersByTime(60_000);
      expect((await stream).code).toBe('deadline_exceeded');
    });
  });
});
