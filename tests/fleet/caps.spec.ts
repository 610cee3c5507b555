/** Caps, fixed and automatic, and what clients can say about the fleet before they send. */
import { performance } from 'node:perf_hooks';
import { createClient, type RpcError } from 'concord-rpc';
import { brokers } from '../fixtures/brokers';
import { Ports13 } from '../fixtures/contracts/ports';
import { eventually, recordOf, useFleet } from './fleet';

const FULL = { network: 'n', mac: 'fa:16:3e:00:00:01' };

describe.each(brokers)('on $name', ({ start }) => {
  const fleet = useFleet(start);

  test('auto: nothing newer than the oldest server is used, from the first call on, and it says so', async () => {
    await fleet.serve('old', '1.2');
    await fleet.serve('new', '1.3');
    const client = createClient(fleet.transport, Ports13, { versionCap: 'auto' });
    const first = client.getPorts('h', FULL);
    await expect(first).resolves.toMatchObject({ filter: { network: 'n' } });
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.getPorts('h', FULL)));
    expect(answers.every(({ filter }) => !('mac' in filter!))).toBe(true);
    const error: RpcError = await client.count('h').catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'version_capped', executed: 'no', data: { needs: '1.3', cap: '1.2' } });
    expect(error.message).toBe(
      '[version_capped] Ports.count needs 1.3; this client is capped at 1.2, the lowest version that a live server serves',
    );
    await expect(client.$with({ versionCap: null }).count('h')).resolves.toBe(1);
    await client.$fanout.changed('h', FULL);
    await fleet.settled();
    expect(fleet.casts.map(({ filter }) => filter)).toEqual([{ network: 'n' }, { network: 'n' }]);
  });

  test('auto: the first use may be a cast, a stream or a call to all; each waits until the cap is known', async () => {
    await fleet.serve('old', '1.1');
    await fleet.serve('new', '1.3');
    const client = () => createClient(fleet.transport, Ports13, { versionCap: 'auto' });
    const seen = [];
    for await (const item of client().watch('h', FULL)) seen.push(item.filter);
    for await (const { value } of client().$each.getPorts('h', FULL)) seen.push(value!.filter);
    await client().$fanout.changed('h', FULL);
    await fleet.settled();
    expect([...seen, ...fleet.casts.map(({ filter }) => filter)]).toEqual(Array(5).fill(undefined));
  });

  test('auto: the cap rises within seconds when the last old server goes, and falls when one comes back', async () => {
    await fleet.serve('old', '1.2');
    await fleet.serve('new', '1.3');
    const client = createClient(fleet.transport, Ports13, { versionCap: 'auto' });
    await expect(client.count('h')).rejects.toMatchObject({ code: 'version_capped' });
    await fleet.stopServer('old');
    await eventually(() => client.count('h').then(Boolean, () => false), 'the cap rises');
    await fleet.serve('older', '1.1');
    await eventually(() => client.count('h').then(() => false, Boolean), 'the cap falls');
    await expect(client.count('h')).rejects.toMatchObject({ data: { cap: '1.1' } });
  }, 20_000);

  test('auto, without servers: the error of the call says so, and does not mention a cap', async () => {
    const client = createClient(fleet.transport, Ports13, { versionCap: 'auto' });
    await expect(client.count('h')).rejects.toMatchObject({ code: 'no_servers' });
  });

  test('a fixed cap leaves out what may be left out, and refuses the rest before anything is sent', async () => {
    await fleet.serve('new', '1.3');
    const client = createClient(fleet.transport, Ports13, { versionCap: '1.2' });
    await expect(client.getPorts('h', FULL)).resolves.toEqual({ server: 'new', host: 'h', filter: { network: 'n' } });
    await expect(client.$with({ versionCap: '1.0' }).getPorts('h', FULL)).resolves.toEqual({ server: 'new', host: 'h' });
    const sent = recordOf(fleet.transport);
    await expect(client.count('h')).rejects.toMatchObject({ code: 'version_capped' });
    await expect(client.$with({ versionCap: '2.0' }).getPorts('h', FULL)).rejects.toMatchObject({ code: 'version_capped' });
    expect(sent).toEqual([]);
  });

  test('$canSend judges by the cap, and by what the servers have said once they were asked; it sends nothing', async () => {
    await fleet.serve('old', '1.2');
    const client = createClient(fleet.transport, Ports13);
    const sent = recordOf(fleet.transport);
    expect(client.$canSend('count', 'h')).toBe(true);
    expect(client.$with({ versionCap: '1.2' }).$canSend('count', 'h')).toBe(false);
    expect(client.$with({ versionCap: '1.2' }).$canSend('getPorts', 'h', FULL)).toBe(true);
    expect(client.$with({ versionCap: '2.0' }).$canSend('getPorts', 'h')).toBe(false);
    expect(sent).toEqual([]);
    await client.$servers();
    expect(client.$canSend('count', 'h')).toBe(false);
    expect(client.$canSend('getPorts', 'h', FULL)).toBe(true);
    await fleet.serve('new', '1.3');
    await eventually(() => client.$canSend('count', 'h'), 'the new server has been heard of');
  });

  test('$servers lists who is there, at which versions, and in which form each would take a call', async () => {
    await fleet.serve('c', '1.3');
    await fleet.serve('a', '1.1');
    await fleet.serve('b', '1.2');
    const client = createClient(fleet.transport, Ports13);
    const sent = recordOf(fleet.transport);
    expect(await client.$servers()).toEqual([
      { server: 'a', versions: ['1.1'] },
      { server: 'b', versions: ['1.2'] },
      { server: 'c', versions: ['1.3'] },
    ]);
    const changed = await client.$servers('changed', 'h', FULL);
    expect(changed.map(({ takes }) => takes)).toEqual(['1.0', '1.2', '1.3']);
    const counted = await client.$servers('count', 'h');
    expect(counted.map(({ takes }) => takes)).toEqual([null, null, '1.3']);
    expect(await client.$to('b').$servers('count')).toEqual([{ server: 'b', versions: ['1.2'], takes: null }]);
    expect(sent.filter(({ subject }) => subject.includes('_concord'))).toHaveLength(1);
    await expect(client.$servers('nonsense' as 'count')).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  test('once the servers are known, no message asks for them again: their signs tell of changes', async () => {
    await fleet.serve('old', '1.2');
    // the server takes the jump of the clock for a stall, in which calls may have waited unread: their timeout is longer
    const client = createClient(fleet.transport, Ports13, { versionCap: 'auto', timeout: 60_000 });
    await client.$servers();
    const sent = recordOf(fleet.transport);
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 20_000);
    for (let call = 0; call < 10; call++) await client.getPorts('h');
    const questions = sent.filter(({ subject }) => subject.includes('_concord') || subject.includes('.at.'));
    expect(questions).toEqual([]);
  });
});
