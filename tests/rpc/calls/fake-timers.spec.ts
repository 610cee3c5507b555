/** Deadlines, delays and heartbeats under the fake timers of a test runner: they follow its clock, and no real time passes. */
import 'reflect-metadata';
import { createClient, Endpoint, isRpcError, MemoryTransport, RpcMethod, RpcServer, remote, rpcContext } from 'concord-rpc';
import { collectingLogger } from '../../fixtures/collecting-logger';

@Endpoint({ topic: 'clock' })
abstract class Clock {
  @RpcMethod({ idempotent: true }) wait(): Promise<string> {
    return remote();
  }
}

const never = () => new Promise<never>(() => undefined);

let transport: MemoryTransport;
let server: RpcServer;
let signal: AbortSignal | undefined;

beforeEach(async () => {
  jest.useFakeTimers();
  transport = new MemoryTransport();
  server = new RpcServer(transport, { maxConcurrent: 1, maxQueue: 1, logger: collectingLogger() }).register(Clock, {
    wait: () => {
      signal = rpcContext().signal;
      return never();
    },
  });
  const starting = server.start();
  await jest.advanceTimersByTimeAsync(0);
  await starting;
});

afterEach(async () => {
  const stopping = server.stop({ now: true });
  await jest.advanceTimersByTimeAsync(1_000);
  await stopping;
  await transport.close();
  jest.useRealTimers();
});

/** Records how a promise ends: the code of its error, or `pending`. */
function ending(promise: Promise<unknown>): { code: string } {
  const end = { code: 'pending' };
  promise.then(
    () => (end.code = 'resolved'),
    (error) => (end.code = isRpcError(error) ? error.code : String(error)),
  );
  return end;
}

test.each([100, 10_000, 3_600_000])('a call with a timeout of %i ms ends then, at both sides', async (timeout) => {
  const end = ending(createClient(transport, Clock, { timeout }).wait());
  await jest.advanceTimersByTimeAsync(timeout - 1);
  expect([end.code, signal!.aborted]).toEqual(['pending', false]);
  await jest.advanceTimersByTimeAsync(20);
  expect([end.code, signal!.aborted]).toEqual(['deadline_exceeded', true]);
});

test('a queued call ends at its own deadline', async () => {
  const end = ending(createClient(transport, Clock, { timeout: 60_000 }).wait());
  const queued = ending(createClient(transport, Clock, { timeout: 5_000, retry: false }).wait());
  await jest.advanceTimersByTimeAsync(4_000);
  expect([end.code, queued.code, server.stats().queued]).toEqual(['pending', 'pending', 1]);
  await jest.advanceTimersByTimeAsync(2_000);
  expect([end.code, queued.code]).toEqual(['pending', 'deadline_exceeded']);
});

test('the delays of retries follow the clock', async () => {
  const hold = ending(createClient(transport, Clock, { timeout: 600_000 }).wait());
  const queued = ending(createClient(transport, Clock, { timeout: 600_000 }).wait());
  const options = { timeout: 300_000, retry: { attempts: 4, firstDelay: 60_000, longestDelay: 60_000 } };
  const end = ending(createClient(transport, Clock, options).wait());
  await jest.advanceTimersByTimeAsync(10);
  expect([hold.code, queued.code, end.code]).toEqual(['pending', 'pending', 'pending']);
  await jest.advanceTimersByTimeAsync(290_000);
  expect([hold.code, end.code, server.stats().overloaded]).toEqual(['pending', 'overloaded', 4]);
});
