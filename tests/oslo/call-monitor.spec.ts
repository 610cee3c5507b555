/** Calls of handlers that take their time, with and without signs of life. A second of the cases is a tenth of one here. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { jsonCodec, type Reply } from '@concord-rpc/core/wire';
import { createClient, isRpcError, MemoryTransport, RpcServer, rpcContext } from 'concord-rpc';
import { type MonitorCase, raised, titleOf } from './cases/cases';
import { SPLIT } from './cases/classification';
import { type Reason, sameFailure } from './cases/differences';
import { handMadeContract } from './hand-made-contract';

const { matching, differing } = SPLIT.call_monitor;

/** Milliseconds for each second of a case: the shortest `monitor` is 100 ms. */
const SECOND = 100;

/** Timers may fire this many milliseconds before their time, by other clocks. */
const EARLY = 5;

interface Slow {
  work(): Promise<string>;
}

const titled = ({ id, note, timeout, call_monitor_timeout: monitor, handler_seconds: handler, scenario }: MonitorCase) =>
  titleOf({ id, note }, scenario ?? `timeout ${timeout} s, monitor ${monitor} s, a handler that takes ${handler} s`);

const contractAt = (version: string) =>
  handMadeContract<Slow>({ exchange: 'oslo', topic: 'cases', name: 'Slow', version }, [{ name: 'work', since: version }]);

async function serve(transport: MemoryTransport, work: () => Promise<string>) {
  const server = new RpcServer(transport).register(contractAt('1.0'), { work });
  await server.start();
  return server;
}

const scaled = (seconds: number | null | undefined) => (seconds == null ? seconds : seconds * SECOND);

/** The outcome of a case's call, its time, and whether the handler had ended by then. */
async function outcomeOf({ timeout, call_monitor_timeout: monitor, handler_seconds: handler }: MonitorCase) {
  const transport = new MemoryTransport();
  let done = false;
  const server = await serve(transport, async () => {
    await pause(scaled(handler)!);
    done = true;
    return 'done';
  });
  const client = createClient(transport, contractAt('1.0'), { timeout: scaled(timeout), monitor: scaled(monitor) });
  const begin = performance.now();
  const result = await client.work().catch((thrown) => (isRpcError(thrown) ? { code: thrown.code, data: thrown.data } : thrown));
  const outcome = { result, after: performance.now() - begin, done };
  await server.stop();
  return outcome;
}

/** oslo's `after_seconds_about` is a lower bound here; that nothing waits longer shows in what had happened by then. */
async function expectAsOslo(observed: MonitorCase) {
  const { expect: expected, handler_seconds: handler } = observed;
  if (!('result' in expected)) throw new Error(`${observed.id} has no result`);
  const { result, after, done } = await outcomeOf(observed);
  if (raised(expected.result)) {
    expect(result).toMatchObject({ code: sameFailure(expected.result.error), data: { kind: 'deadline' } });
    expect(after).toBeGreaterThan(scaled(expected.after_seconds_about)! - EARLY);
    expect(done).toBe(false);
  } else {
    expect(result).toBe(expected.result);
    expect(after).toBeGreaterThan(scaled(handler)! - EARLY);
  }
}

/** Concord's behaviour in place of oslo.messaging's, by reason. */
const INSTEAD: Partial<Record<Reason, (observed: MonitorCase) => Promise<void>>> = {
  'short-monitor': async (observed) => {
    expect(observed.expect).toMatchObject({ result: { error: 'MessagingTimeout' } });
    expect(await outcomeOf(observed)).toMatchObject({ result: 'done', done: true });
    const { contract, transport } = { contract: contractAt('1.0'), transport: new MemoryTransport() };
    expect(() => createClient(transport, contract, { monitor: scaled(observed.call_monitor_timeout)! - 1 })).toThrow(
      '[invalid_argument]',
    );
  },
  'watchdog-leak': async ({ expect: expected }) => {
    if (!('outcome' in expected)) throw new Error('the case has no outcome');
    const transport = new MemoryTransport();
    let finish!: () => void;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const server = await serve(transport, async () => {
      rpcContext().progress('under way');
      await finished;
      return 'done';
    });
    const replies: Reply[] = [];
    let signs = 0;
    const { publish } = transport;
    transport.publish = (subject, data, reply) => {
      if (subject.startsWith('rpcr.') && jsonCodec.decodeReply(data).notice !== undefined) signs++;
      publish.call(transport, subject, data, reply);
      if (signs === 5) finish();
    };
    transport.subscribe('_INBOX.refused', { deliver: ({ data }) => replies.push(jsonCodec.decodeReply(data)) });
    // the broker delivers no unserved version: only on this subject the server itself must refuse it
    const request = { re: 'refused', each: true, monitor: SECOND, args: [] };
    transport.publish('rpc.oslo.cases.all._.1.work.1', Buffer.from(JSON.stringify(request)), '_INBOX.refused');
    // a call that is served shows that the time for signs of the other has come, more than once
    expect(await createClient(transport, contractAt('1.0'), { monitor: SECOND }).work()).toBe('done');
    expect(replies.map(({ error, notice }) => error?.code ?? notice)).toEqual([sameFailure(expected.outcome)]);
    expect(signs).toBeGreaterThan(expected.heartbeats_sent_after_the_reply);
    await server.stop();
  },
};

describe('as oslo.messaging', () => {
  test.each(matching.map((observed) => [titled(observed), observed] as const))('%s', (_, observed) => expectAsOslo(observed));
});

describe('differs on purpose', () => {
  test.each(differing.map((each) => [`${titled(each.observed)}: ${each.reason}`, each] as const))(
    '%s',
    (_, { observed, reason }) => INSTEAD[reason]!(observed),
  );
});
