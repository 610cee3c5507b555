/** Servers count their callers by method, version and passed arguments, and report the counts on request. */
import 'reflect-metadata';
import { askUsage, connectionOf } from '@concord-rpc/client';
import { replySubjects, subjects } from '@concord-rpc/core/wire';
import { Arg, createClient, Endpoint, RpcMethod, RpcServer, remote, Since } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collectingLogger } from '../../fixtures/collecting-logger';

const at = (version: string) => ({ exchange: 'fleet', topic: 'ports', name: 'Ports', version });

@Endpoint(at('1.0'))
abstract class Ports10 {
  @RpcMethod() list(_host: string): Promise<string[]> {
    return remote();
  }
  @RpcMethod() changed(_host: string): Promise<void> {
    return remote();
  }
}

@Endpoint(at('1.2'))
abstract class Ports12 {
  @RpcMethod({ aliases: ['list'], since: '1.1' }) listPorts(
    @Arg({ name: 'host' }) _host: string,
    @Arg({ name: 'limit', optional: true }) _limit?: number,
    @Arg({ name: 'status' }) @Since('1.2') _status?: string,
  ): Promise<string[]> {
    return remote();
  }
  @RpcMethod() changed(@Arg({ name: 'host' }) _host: string): Promise<void> {
    return remote();
  }
}

@Endpoint(at('2.0'))
abstract class Ports20 {
  @RpcMethod() list(): Promise<string[]> {
    return remote();
  }
}

const ADDRESS = { root: 'rpc', exchange: 'fleet', topic: 'ports' };

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);
  let server: RpcServer;
  beforeEach(async () => {
    server = new RpcServer(await broker.connect(), { server: 'one', logger: collectingLogger() })
      .register(Ports12, { listPorts: async () => [], changed: async () => undefined })
      .register(Ports20, { list: async () => [] });
    await broker.startServer(server);
  });

  const report = async () => (await askUsage(connectionOf(broker.transport), ADDRESS, 'one', 2_000)).report!;
  const usesOf = async (method: string) =>
    (await report()).uses.filter((use) => use.method === method).map(({ endpoint: _, method: __, ago: ___, ...use }) => use);

  test('no caller yet', async () => {
    const { server: name, seconds, uses } = await report();
    expect({ name, uses }).toEqual({ name: 'one', uses: [] });
    expect(seconds).toBeGreaterThanOrEqual(0);
  });

  test('callers are told apart by contract, name and need; arguments are those that some call passed', async () => {
    const old = createClient(broker.transport, Ports10);
    const ui = createClient(broker.transport, Ports12, { context: { caller: 'ui' } });
    await old.list('h');
    await ui.listPorts('h');
    await ui.listPorts('h', undefined, 'ACTIVE');
    await old.list('h');
    await ui.listPorts('h', 5);
    expect(await usesOf('list')).toEqual([{ contract: '1.0', needs: '1.0', args: ['host'], calls: 2 }]);
    expect(await usesOf('listPorts')).toEqual([
      { contract: '1.2', caller: 'ui', needs: '1.1', args: ['host', 'limit'], calls: 2 },
      { contract: '1.2', caller: 'ui', needs: '1.2', args: ['host', 'status'], calls: 1 },
    ]);
    expect(new Set((await report()).uses.map(({ endpoint }) => endpoint))).toEqual(new Set(['Ports@1']));
  });

  test('casts, to one and to all, say what they need; majors are counted apart', async () => {
    const client = createClient(broker.transport, Ports12, { context: { caller: 'agent' } });
    await client.$cast.changed('h');
    await client.$fanout.changed('h');
    await client.changed('h');
    await createClient(broker.transport, Ports20).list();
    expect(await usesOf('changed')).toEqual(
      expect.arrayContaining([
        { caller: 'agent', cast: true, needs: '1.0', args: ['host'], calls: 2 },
        { contract: '1.2', caller: 'agent', needs: '1.0', args: ['host'], calls: 1 },
      ]),
    );
    expect((await report()).uses).toContainEqual(expect.objectContaining({ endpoint: 'Ports@2', method: 'list', calls: 1 }));
  });

  test('a call that is refused for its arguments is not counted', async () => {
    const client = createClient(broker.transport, Ports12);
    await expect(client.changed(5 as never)).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(await usesOf('changed')).toEqual([]);
  });

  test('callers that state no version are counted together, and a malformed version is refused', async () => {
    for (const contract of ['x', '1.0.0', '١.0', '01.0', `1.${'9'.repeat(40)}`]) await send({ contract, args: ['h'] });
    expect(await usesOf('changed')).toEqual([]);
    for (const contract of [undefined, undefined]) await send({ contract, args: ['h'] });
    expect(await usesOf('changed')).toEqual([{ needs: '1.0', args: ['host'], calls: 2 }]);
  });

  test('hostile versions and names are counted apart up to a bound; later ones are counted without their name and version', async () => {
    for (let index = 0; index < 1_100; index++) await send({ context: { caller: `c${index}` }, args: ['h'] }, index % 100 === 99);
    for (let index = 0; index < 2_100; index++) await send({ contract: `1.${index}`, args: ['h'] }, index % 100 === 99);
    await send({ contract: '1.0', context: { caller: 'late' }, args: ['h'] }, true);
    const uses = await usesOf('changed');
    expect(uses.filter(({ caller }) => caller !== undefined)).toHaveLength(1_024);
    expect(uses.filter(({ contract }) => contract !== undefined)).toHaveLength(2_048);
    expect(uses.filter(({ contract, caller }) => contract === undefined && caller === undefined)).toEqual([
      { needs: '1.0', args: ['host'], calls: 1_100 - 1_024 + 2_100 - 2_048 },
    ]);
    expect(uses.find(({ contract }) => contract === '1.0')).toMatchObject({ calls: 2 });
    expect(uses.reduce((sum, { calls }) => sum + calls, 0)).toBe(3_201);
  });

  let slot = 0;
  /** Sends a request as written by hand; waits for its answer, unless more are to come first. */
  async function send(request: object, wait = true): Promise<void> {
    const inbox = replySubjects.prefixOf('rpc', `hand${slot++}`, 'c');
    const subject = subjects.methodSubject(subjects.anyPrefix(ADDRESS), {
      namespace: null,
      major: 1,
      minor: 0,
      method: 'changed',
    });
    const data = Buffer.from(JSON.stringify(request));
    if (!wait) return broker.transport.publish(subject, data, replySubjects.subjectOf(inbox, 's', 0));
    const answered = new Promise((resolve) => broker.transport.subscribe(replySubjects.anyOf(inbox), { deliver: resolve }));
    broker.transport.publish(subject, data, replySubjects.subjectOf(inbox, 's', 0));
    await answered;
  }
});
