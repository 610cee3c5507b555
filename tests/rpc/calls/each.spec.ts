/** A call to every server: an answer each, and an error for those who gave none. */
import 'reflect-metadata';
import { connectionOf } from '@concord-rpc/client';
import {
  Arg,
  type Client,
  createClient,
  type EachAnswer,
  Endpoint,
  RpcMethod,
  RpcServer,
  type RpcServerOptions,
  remote,
  rpcContext,
} from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { failure } from '../../fixtures/failure';
import { until } from '../../fixtures/until';

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
  @RpcMethod() repeat(@Arg({ unchecked: true }) _what: { readonly text: string }): Promise<string> {
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

  async function serve(
    name: string,
    state: (of: string) => unknown = () => name,
    options: RpcServerOptions = {},
  ): Promise<RpcServer> {
    const server = new RpcServer(await broker.connect(), { server: name, logger: collectingLogger(), ...options });
    server.register(Agents, {
      getState: async (of) => (await state(of)) as string,
      newer: async () => `newer ${name}`,
      note: async () => undefined,
      repeat: async ({ text }) => text,
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

  test.each<[unknown, string]>([
    [5, ' must be { count, quiet, limit, batch, splay, where, onProgress }'],
    [{ most: 1 }, ' must be { count, quiet, limit, batch, splay, where, onProgress }'],
    [{ count: 0 }, '.count must be a whole number'],
    [{ quiet: 0.5 }, '.quiet must be a whole number'],
    [{ batch: '9' }, '.batch must be a whole number'],
    [{ quiet: 5, batch: 2 }, '.quiet cannot stand together with'],
    [{ onProgress: 5 }, '.onProgress must be a function'],
    [{ where: 'a' }, '.where must be { labels, versions }'],
    [{ where: { zone: 'a' } }, '.where must be { labels, versions }'],
    [{ where: { labels: { zone: 5 } } }, '.where must be { labels, versions }'],
    [{ where: { versions: '1.2' } }, '.where must be { labels, versions }'],
    [{ where: { versions: ['1'] } }, '.where must be { labels, versions }'],
  ])('each: %j is refused', (each, text) => {
    expect(() => client.$with({ each: each as never })).toThrow(`[invalid_argument] each${text}`);
  });

  test('where and limit choose servers by their labels, their version and their name', async () => {
    const labels = { a: { zone: '1' }, b: { zone: '2' }, c: { zone: '2', rack: '7' } };
    for (const [name, own] of Object.entries(labels)) await serve(name, undefined, { labels: own });
    const older = new RpcServer(await broker.connect(), { server: 'old', logger: collectingLogger(), labels: { zone: '2' } });
    await broker.startServer(older.register(OlderAgents, { getState: async () => 'old' }));
    const chosen = async (each: object) => Object.keys(await collect(client.$with({ each }).$each.getState('x'))).sort();
    expect(await chosen({ where: { labels: { zone: '2' } } })).toEqual(['b', 'c', 'old']);
    expect(await chosen({ where: { labels: { zone: '2', rack: '7' } } })).toEqual(['c']);
    expect(await chosen({ where: { versions: ['1.1'] } })).toEqual(['a', 'b', 'c']);
    expect(await chosen({ where: { labels: { zone: '2' }, versions: ['1.0', '1.7'] } })).toEqual(['old']);
    expect(await chosen({ where: { labels: { zone: '3' } } })).toEqual([]);
    expect(await chosen({ limit: 2 })).toEqual(['a', 'b']);
    expect(await chosen({ where: { labels: { zone: '2' } }, limit: 1 })).toEqual(['b']);
  });

  test('batch limits the servers that are asked ahead of the reader, and every server answers once', async () => {
    let asked = 0;
    for (let count = 0; count < 9; count++) await serve(`s${count}`, () => `${++asked}`);
    await client.$servers();
    const answers = client.$with({ each: { batch: 3 } }).$each.getState('x');
    const all: string[] = [];
    for await (const { server } of answers) {
      all.push(server);
      await until(() => asked === Math.min(9, all.length + 3) || asked === 9);
      await broker.transport.flush();
      expect(asked).toBeLessThanOrEqual(all.length + 3);
    }
    expect(all.sort()).toEqual(Array.from({ length: 9 }, (_, count) => `s${count}`));
  });

  test('in batches too, who fails, hangs or is gone is named, and progress counts them', async () => {
    await serve('a');
    await serve('fails', () => {
      throw new Gone('to lunch');
    });
    await serve('hangs', hang);
    const progress: unknown[] = [];
    const each = { batch: 2, onProgress: (now: unknown) => void progress.push(now) };
    const answers = client.$with({ timeout: 300, each }).$each.getState('x');
    const found: Record<string, unknown> = {};
    for await (const { server, value, error } of answers) found[server] = value ?? (error instanceof Gone ? 'Gone' : error!.code);
    expect(found).toEqual({ a: 'a', fails: 'Gone', hangs: 'deadline_exceeded' });
    expect(progress.at(0)).toEqual({ answered: 0, failed: 0, expected: 3 });
    expect(progress.at(-1)).toEqual({ answered: 3, failed: 2, expected: 3 });
  });

  test('splay spreads the messages, count ends the call, and a signal stops it', async () => {
    for (let count = 0; count < 6; count++) await serve(`s${count}`);
    await client.$servers();
    const begin = performance.now();
    expect(Object.keys(await collect(client.$with({ each: { splay: 300 } }).$each.getState('x')))).toHaveLength(6);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(249);
    expect(Object.keys(await collect(client.$with({ each: { batch: 2, count: 3 } }).$each.getState('x')))).toHaveLength(3);
    const aborter = new AbortController();
    const answers = client.$with({ signal: aborter.signal, each: { batch: 1 } }).$each.getState('x');
    await answers.next();
    aborter.abort();
    await expect(collect(answers)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('the arguments of later servers are those of the call', async () => {
    for (const name of ['a', 'b', 'c']) await serve(name);
    const changing = { text: 'first' };
    const answers = client.$with({ each: { batch: 1 } }).$each.repeat(changing);
    changing.text = 'second';
    expect(await collect(answers)).toEqual({ a: 'first', b: 'first', c: 'first' });
  });

  test('an onProgress that throws ends the call with its error', async () => {
    await serve('a');
    for (const each of [{}, { batch: 1 }]) {
      const onProgress = () => {
        throw new Error('no');
      };
      await expect(collect(client.$with({ each: { ...each, onProgress } }).$each.getState('x'))).rejects.toMatchObject({
        code: 'internal',
      });
    }
  });
});
