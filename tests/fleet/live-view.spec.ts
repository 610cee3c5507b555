/** The live view of a fleet as users read it: $servers, $watch, and caps that follow the servers. */
import { performance } from 'node:perf_hooks';
import { createClient, type ServerChange } from 'concord-rpc';
import { brokers } from '../fixtures/brokers';
import { Ports13 } from '../fixtures/contracts/ports';
import { eventually, recordOf, useFleet } from './fleet';

const FULL = { network: 'n', mac: 'fa:16:3e:00:00:01' };

describe.each(brokers)('on $name', ({ name: brokerName, start }) => {
  const fleet = useFleet(start);

  test('$watch: running servers join first, then every change follows', async () => {
    await fleet.serve('a', '1.1', { labels: { zone: 'z1' } });
    await fleet.serve('b', '1.2');
    const changes = createClient(fleet.transport, Ports13).$watch();
    const next = async () => {
      const { value, done } = await changes.next();
      return done ? 'end' : ([value.change, value.server] satisfies [ServerChange['change'], ServerChange['server']]);
    };
    expect([await next(), await next()]).toEqual([
      ['joined', { server: 'a', versions: ['1.1'], labels: { zone: 'z1' } }],
      ['joined', { server: 'b', versions: ['1.2'] }],
    ]);
    const third = next();
    await fleet.serve('c', '1.3');
    expect(await third).toEqual(['joined', { server: 'c', versions: ['1.3'] }]);
    await fleet.stopServer('a');
    expect(await next()).toEqual(['left', { server: 'a', versions: ['1.1'], labels: { zone: 'z1' } }]);
    const last = next();
    await changes.return!();
    expect(await last).toBe('end');
    expect(await next()).toBe('end');
  });

  test('$watch: changes that were not read are one for each server, and a server that came and went is none', async () => {
    await fleet.serve('a', '1.1');
    const client = createClient(fleet.transport, Ports13);
    const changes = client.$to('a').$watch();
    expect((await changes.next()).value).toMatchObject({ change: 'joined' });
    const all = client.$watch();
    expect((await all.next()).value).toMatchObject({ change: 'joined', server: { server: 'a' } });
    for (const name of ['a', 'b']) {
      if (name === 'a') await fleet.stopServer(name);
      await fleet.serve(name, '1.3');
    }
    await fleet.stopServer('b');
    await client.$servers();
    expect((await changes.next()).value).toEqual({ change: 'changed', server: { server: 'a', versions: ['1.3'] } });
    expect((await all.next()).value).toEqual({ change: 'changed', server: { server: 'a', versions: ['1.3'] } });
    const further = all.next();
    await fleet.serve('c', '1.2');
    expect((await further).value).toEqual({ change: 'joined', server: { server: 'c', versions: ['1.2'] } });
  });

  test('$watch ends with the signal of its client, and with the connection', async () => {
    const aborter = new AbortController();
    const transport = brokerName === 'memory' ? fleet.transport : await fleet.broker.connect();
    const client = createClient(transport, Ports13);
    const [one, other] = [client.$with({ signal: aborter.signal }).$watch().next(), client.$watch().next()];
    aborter.abort();
    expect(await one).toEqual({ value: undefined, done: true });
    await transport.close();
    expect(await other).toEqual({ value: undefined, done: true });
  });

  test('two servers of one name: $servers says so, and no part of a call is left out because of them', async () => {
    await fleet.serve('twin', '1.3', { duplicateName: 'warn' });
    await fleet.serve('twin', '1.1', { duplicateName: 'warn' });
    const client = createClient(fleet.transport, Ports13, { versionCap: 'auto' });
    await client.$servers();
    await eventually(async () => (await client.$servers())[0]!.conflict === true, 'the conflict is known');
    expect(await client.$servers()).toEqual([{ server: 'twin', versions: [], conflict: true }]);
    expect(await client.getPorts('h', FULL)).toMatchObject({ filter: FULL });
  });

  test.each([
    ['1.2', '1.2'],
    ['1.1', '1.1'],
    ['1.0', '1.1'],
  ])('{ auto: true, atLeast: %j } is a cap of %s if the oldest server is at 1.1', async (atLeast, cap) => {
    await fleet.serve('old', '1.1');
    await fleet.serve('new', '1.3');
    const client = createClient(fleet.transport, Ports13, { versionCap: { auto: true, atLeast } });
    await expect(client.count('h')).rejects.toMatchObject({ code: 'version_capped', data: { needs: '1.3', cap } });
  });

  test.each([[{ auto: false }], [{ atLeast: '1.2' }], [{ auto: true, above: '1.2' }]])('a cap of %j is refused', (versionCap) => {
    expect(() => createClient(fleet.transport, Ports13, { versionCap: versionCap as never })).toThrow(
      '[invalid_argument] versionCap must be a version, "auto", or { auto: true, atLeast:',
    );
  });

  test('in a large topic auto asks one server of each version, and keeps no view of all', async () => {
    if (brokerName === 'memory') return; // servers of this process state no interval, so none tells of a large topic
    for (const [name, version] of [
      ['a', '1.1'],
      ['b', '1.3'],
      ['c', '1.3'],
    ] as const)
      await fleet.serve(name, version, { presence: { interval: 60_000 } });
    const sent = recordOf(fleet.transport);
    const client = createClient(fleet.transport, Ports13, { versionCap: 'auto' });
    const isQuestion = (subject: string) => subject.includes('_concord') || subject.includes('.at.');
    for (let call = 0; call < 3; call++) expect((await client.getPorts('h', FULL)).filter).toBeUndefined();
    const exact = [0, 1, 2, 3].map((minor) => `rpc.fleet.ports.at._.1.${minor}`);
    expect(sent.map(({ subject }) => subject).filter(isQuestion)).toEqual(exact);
    await fleet.stopServer('a');
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 4_000);
    await eventually(async () => (await client.getPorts('h', FULL)).filter !== undefined, 'the cap rises');
    expect(sent.map(({ subject }) => subject).filter(isQuestion)).toEqual([...exact, ...exact]);
  });
});
