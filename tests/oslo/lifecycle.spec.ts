/** The life of a server: started and stopped, twice and again; what runs when it is stopped; and ten casts at once. */
import { createClient, MemoryTransport, RpcServer } from 'concord-rpc';
import { type LifecycleCase, type LifecycleStep, titleOf } from './cases/cases';
import { SPLIT } from './cases/classification';
import type { Reason } from './cases/differences';
import { handMadeContract } from './hand-made-contract';
import { codeOf } from './oslo-server';

const { matching, differing } = SPLIT.lifecycle;

interface Work {
  quick(): Promise<string>;
  /** Ends when the test says so. */
  slow(): Promise<string>;
}

const titled = (each: LifecycleCase) =>
  titleOf(each, 'pool' in each.expect ? 'ten casts' : (each.expect as LifecycleStep[]).map(({ op }) => op).join(', '));

function work() {
  const transport = new MemoryTransport();
  let begun = 0;
  let finish!: () => void;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const slow = async () => {
    begun++;
    await finished;
    return 'done';
  };
  const contract = handMadeContract<Work>({ topic: 'lifecycle', name: 'Work' }, [{ name: 'quick' }, { name: 'slow' }]);
  const server = new RpcServer(transport).register(contract, { quick: async () => 'done', slow });
  return { server, client: createClient(transport, contract), finish, begun: () => begun };
}

/** `stop` calls `stop()`, `wait` awaits its promise. After a start, calls are answered; after the wait, no server is subscribed. */
async function live(steps: readonly LifecycleStep[]) {
  const { server, client } = work();
  let stopped = Promise.resolve();
  for (const { op } of steps) {
    if (op === 'start') {
      await server.start();
      expect(await client.quick()).toBe('done');
    } else if (op === 'stop') stopped = server.stop();
    else if (op === 'wait') {
      await stopped;
      expect(await codeOf(() => client.quick())).toBe('no_servers');
    } else throw new Error(`a server here has no ${op}`);
  }
}

function stepsOf({ id, expect: expected }: LifecycleCase): readonly LifecycleStep[] {
  if (!Array.isArray(expected)) throw new Error(`${id} has no steps`);
  return expected;
}

/** Concord's behaviour in place of oslo.messaging's, by reason. */
const INSTEAD: Partial<Record<Reason, (observed: LifecycleCase) => Promise<void>>> = {
  wait: async (observed) => {
    expect(stepsOf(observed).at(-1)!.result).toBe('TaskTimeout');
    const { server, client, finish } = work();
    expect('wait' in server).toBe(false);
    await server.start();
    const events: string[] = [];
    const slow = client.slow().then((result) => events.push(result));
    const stopped = server.stop().then(() => events.push('stopped'));
    // in this time a server that nothing holds up is stopped
    const other = work().server;
    await other.start();
    await other.stop();
    expect(await codeOf(() => client.quick())).toBe('no_servers');
    expect(events).toEqual([]);
    finish();
    await Promise.all([slow, stopped]);
    expect(events).toEqual(['done', 'stopped']);
  },
  reset: async (observed) => {
    expect('reset' in work().server).toBe(false);
    await live(stepsOf(observed).filter(({ op }) => op !== 'reset'));
  },
  pool: async ({ expect: expected }) => {
    if (!('pool' in expected)) throw new Error('the case has no pool');
    const casts = expected.running + expected.acknowledged_and_queued_in_process;
    const { server, client, finish, begun } = work();
    await server.start();
    await Promise.all(Array.from({ length: casts }, () => client.$cast.slow()));
    expect(await client.quick()).toBe('done');
    expect([begun(), server.stats().inFlight]).toEqual([casts, casts]);
    finish();
    await server.stop();
  },
};

describe('as oslo.messaging', () => {
  test.each(matching.map((observed) => [titled(observed), observed] as const))('%s', async (_, observed) => {
    expect(stepsOf(observed).map(({ result }) => result)).toEqual(stepsOf(observed).map(() => 'ok'));
    await live(stepsOf(observed));
  });
});

describe('differs on purpose', () => {
  test.each(differing.map((each) => [`${titled(each.observed)}: ${each.reason}`, each] as const))(
    '%s',
    (_, { observed, reason }) => INSTEAD[reason]!(observed),
  );
});
