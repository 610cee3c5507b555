/** Arguments and fields that changed: later values and limits, and formerly required ones, sent to older servers. */
import { createClient, RpcServer, type RpcServerOptions } from 'concord-rpc';
import { useBroker } from '../fixtures/broker-of-tests';
import { brokers } from '../fixtures/brokers';
import { collectingLogger } from '../fixtures/collecting-logger';
import { Flavors11, Flavors12 } from '../fixtures/contracts/flavors';
import { recordOf } from './fleet';

const handlers = (server: string) => ({
  list: async (...args: unknown[]) => `${server} ${JSON.stringify(args)}`,
  page: async (page?: object) => `${server} ${JSON.stringify(page) ?? 'all'}`,
});

describe.each(brokers)('on $name', ({ start }) => {
  afterEach(() => {
    jest.restoreAllMocks();
  });
  const broker = useBroker(start);

  async function serve(type: typeof Flavors11 | typeof Flavors12, name: string, options: RpcServerOptions = {}) {
    const server = new RpcServer(await broker.connect(), { strict: true, logger: collectingLogger(), ...options, server: name });
    server.register(type as typeof Flavors11, handlers(name) as never);
    return broker.startServer(server);
  }
  const client = async () => createClient(await broker.connect(), Flavors12);

  test.each<[unknown[], string]>([
    [['age', 5, []], 'because of by'],
    [['name', 101, []], 'because of limit'],
    [['name', 5, ['a', 'b', 'c']], 'because of tags'],
    [['name', 5], 'because tags is left out'],
    [['name', undefined, []], 'because limit is left out'],
    [['name', null, []], 'because limit is left out'],
  ])('list(%j) needs 1.2 %s: the error of an old fleet says so, and of a mixed one who can takes it', async (args, why) => {
    await serve(Flavors11, 'old');
    const flavors = await client();
    const list = (flavors as { list(...args: unknown[]): Promise<string> }).list;
    await expect(list(...args)).rejects.toThrow(`Flavors.list needs 1.2 ${why}; served: 1.1 ×1`);
    await serve(Flavors12, 'new');
    for (let call = 0; call < 3; call++) await expect(list(...args)).resolves.toMatch(/^new/);
  });

  test('what both know goes to both', async () => {
    await serve(Flavors11, 'old');
    await expect((await client()).list('id', 100, ['a', 'b'])).resolves.toBe('old ["id",100,["a","b"]]');
  });

  test('a droppable argument that lacks a formerly required field is dropped if no server accepts it', async () => {
    await serve(Flavors11, 'old');
    const flavors = await client();
    await expect(flavors.page({ size: 5 })).resolves.toBe('old {"size":5}');
    await expect(flavors.page({})).resolves.toBe('old all');
    await expect(flavors.page({ size: 5, after: 'x' })).resolves.toBe('old all');
    await serve(Flavors12, 'new');
    expect(await flavors.$servers('page', {})).toMatchObject([
      { server: 'new', takes: '1.2' },
      { server: 'old', takes: '1.0' },
    ]);
    const answers = [];
    for await (const { value } of flavors.$each.page({})) answers.push(value);
    expect(answers.sort()).toEqual(['new {}', 'old all']);
  });

  test('a server checks the limits of arguments, and tells every one that is broken', async () => {
    await serve(Flavors12, 'new');
    const { list } = (await client()) as { list(...args: unknown[]): Promise<string> };
    await expect(list('size', 501, ['a', 'bcdef', 'c', 'd'])).rejects.toMatchObject({
      code: 'invalid_argument',
      executed: 'no',
      data: {
        violations: [
          { path: 'by', message: 'must be one of "name", "id", "age"' },
          { path: 'limit', message: 'must be at most 500' },
          { path: 'tags', message: 'must have at most 3 items' },
        ],
      },
    });
    await expect(list('name', 'much')).rejects.toMatchObject({
      data: { violations: [{ path: 'limit', message: 'must be a number' }] },
    });
  });

  test('a strict server refuses a call that leaves out more than it claims', async () => {
    const server = await serve(Flavors12, 'new');
    const transport = await broker.connect();
    const sent = recordOf(transport);
    const refusal = await new Promise<string>((resolve) => {
      transport.subscribe('_INBOX.person', { deliver: ({ data }) => resolve(Buffer.from(data).toString()) });
      void transport
        .flush()
        .then(() => transport.publish('rpc.fleet.flavors.any._.1.page.1', Buffer.from('[{}]'), '_INBOX.person'));
    });
    expect(sent.map(({ subject }) => subject)).toContain('rpc.fleet.flavors.any._.1.page.1');
    expect(refusal).toContain('Flavors.page needs 1.2 because page.size is left out, and was sent as a call that needs 1.1');
    expect(server.stats()).toMatchObject({ refused: 1, started: 0 });
  });
});
