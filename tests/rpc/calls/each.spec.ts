/** A call to every server: an answer each, and an error for those who gave none. */
import 'reflect-metadata';
import { connectionOf } from '@concord-rpc/client';
import { type Client, createClient, type EachAnswer, Endpoint, RpcMethod, RpcServer, remote, rpcContext } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { failure } from '../../fixtures/failure';

class Gone extends Error {}

@Endpoint({ topic: 'each', version: '1.1' })
abstract class Agents {
  @RpcMethod({ errors: [Gone] }) getState(_of: string): Promise<string> {
    return remote();
  }
  @RpcMethod({ since: '1.1' }) newer(): Promise<string> {
    return remote();
  }
  @RpcMethod({ mode: 'cast' }) note(): Promise<void> {
    return remote();
  }
}

@Endpoint({ topic: 'each', version: '1.0', name: 'Agents' })
abstract class OlderAgents {
  @RpcMethod() getState(_of: string): Promise<string> {
    return remote();
  }
}

async function collect<T>(answers: AsyncIterable<EachAnswer<T>>): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for await (const { server, value, error } of answers) {
    expect(Object.keys(all)).not.toContain(server);
    all[server] = error === undefined ? value : error.code;
  }
  return all;
}

describe.each(brokers)('on $name', ({ start }) => {
  afterEach(() => {
    for (const go of letGo) go();
  });
  const broker = useBroker(start);
  let client: Client<Agents>;
  let letGo: (() => void)[] = [];

  beforeEach(() => {
    client = createClient(broker.transport, Agents);
    letGo = [];
  });

  async function serve(name: string, state: (of: string) => unknown = () => name): Promise<RpcServer> {
    const server = new RpcServer(await broker.connect(), { server: name, logger: collectingLogger() });
    server.register(Agents, {
      getState: async (of) => (await state(of)) as string,
      newer: async () => `newer ${name}`,
      note: async () => undefined,
    });
    return broker.startServer(server);
  }
  const hang = () => new Promise((resolve) => letGo.push(() => resolve('late')));

  test('every server answers, values and errors; it ends when all have', async () => {
    await serve('a');
    await serve('b', () => {
      throw new Error('secret');
    });
    await serve('node-1.example', (of) => `${of} ${rpcContext().values.zone}`);
    const answers = client.$with({ context: { zone: 'z' } }).$each.getState('x');
    expect(await collect(answers)).toEqual({ a: 'a', b: 'internal', 'node-1.example': 'x z' });
    expect(connectionOf(broker.transport).pending.stats().pending).toBe(0);
  });

  test('an error that the contract declares is an answer too', async () => {
    await serve('a', () => {
      throw new Gone('to lunch');
    });
    const { value } = await client.$with({ timeout: 2_000 }).$each.getState('x').next();
    expect(value).toEqual({ server: 'a', error: expect.any(Gone) });
    expect(value.error.message).toBe('to lunch');
  });

  test('an old server says that it is too old; wrong arguments are refused by each', async () => {
    await serve('new');
    const older = new RpcServer(await broker.connect(), { server: 'old', logger: collectingLogger() });
    await broker.startServer(older.register(OlderAgents, { getState: async () => 'old' }));
    expect(await collect(client.$each.newer())).toEqual({ new: 'newer new', old: 'unsupported_version' });
    expect(await collect(client.$each.getState(5 as never))).toEqual({ new: 'invalid_argument', old: 'invalid_argument' });
  });

  test('who is there and does not answer is named at the deadline', async () => {
    await serve('a');
    await serve('b', hang);
    const begin = performance.now();
    expect(await collect(client.$with({ timeout: 300 }).$each.getState('x'))).toEqual({ a: 'a', b: 'deadline_exceeded' });
    expect(performance.now() - begin).toBeGreaterThanOrEqual(299);
  });

  test('it can end after so many answers, or when none has come for a while', async () => {
    for (const name of ['a', 'b', 'c']) await serve(name);
    await serve('d', hang);
    const some = await collect(client.$with({ each: { count: 2 } }).$each.getState('x'));
    expect(Object.keys(some)).toHaveLength(2);
    expect(await collect(client.$with({ each: { quiet: 100 } }).$each.getState('x'))).toEqual({ a: 'a', b: 'b', c: 'c' });
  });

  test('leaving the loop frees what it held', async () => {
    await serve('a');
    await serve('b', hang);
    for await (const { server } of client.$each.getState('x')) {
      expect(server).toBe('a');
      break;
    }
    expect(connectionOf(broker.transport).pending.stats().pending).toBeLessThanOrEqual(1); // who is there may still be asked
  });

  test('what is wrong with the call itself comes at the first answer', async () => {
    expect(await failure(client.$each.getState('x').next())).toMatchObject({ code: 'no_servers' });
    expect(await failure(client.$each.note().next())).toMatchObject({ code: 'invalid_target' });
    expect(await failure(client.$each.getState(1n as never).next())).toMatchObject({ code: 'unserializable' });
    expect(await failure(client.$with({ versionCap: '1.0' }).$each.newer().next())).toMatchObject({ code: 'version_capped' });
  });

  test.each([[{ count: 0 }], [{ quiet: 0.5 }], [5]])('each: %p is refused', (each) => {
    expect(() => client.$with({ each: each as never })).toThrow('[invalid_argument] each must be { count, quiet }');
  });
});
