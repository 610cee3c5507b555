/** Old servers get what they understand: what may be left out is, and a call that cannot be made smaller says why. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { OLDER_FORM_CHANNEL, type OlderFormSent } from '@concord-rpc/client';
import { createClient, type RpcError } from 'concord-rpc';
import { brokers } from '../fixtures/brokers';
import { Ports13 } from '../fixtures/contracts/ports';
import { eventually, recordOf, useFleet } from './fleet';

const FULL = { network: 'n', mac: 'fa:16:3e:00:00:01' };

describe.each(brokers)('on $name', ({ start }) => {
  const fleet = useFleet(start);

  test.each([
    ['1.3', { ...FULL }],
    ['1.2', { network: 'n' }],
    ['1.1', undefined],
  ] as const)('a server at %s gets what it knows, in answer to a call', async (version, filter) => {
    await fleet.serve('only', version);
    const client = createClient(fleet.transport, Ports13);
    const given = Object.freeze({ ...FULL });
    const expected = { server: 'only', host: 'h', ...(filter && { filter }) };
    await expect(client.getPorts('h', given)).resolves.toEqual(expected);
    await expect(client.$to('only').getPorts('h', given)).resolves.toEqual(expected);
    const items = [];
    for await (const item of client.watch('h', given)) items.push(item);
    expect(items).toEqual([expected]);
    await client.$cast.changed('h', given);
    await fleet.settled();
    expect(fleet.casts).toEqual([expected]);
  });

  test('what may not be left out is not: the error names it, with the versions that are there', async () => {
    await fleet.serve('a', '1.1');
    await fleet.serve('b', '1.1');
    await fleet.serve('c', '1.2');
    const client = createClient(fleet.transport, Ports13);
    const count: RpcError = await client.count('h').catch((thrown) => thrown);
    expect(count.message).toBe('[unsupported_version] Ports.count needs 1.3; served: 1.1 ×2, 1.2 ×1');
    await fleet.stopServer('a');
    await fleet.stopServer('b');
    // the filter itself may be left out, but a server that knows filters would then answer another question
    const owned = { network: 'n', owner: 'me' };
    await expect(client.getPorts('h', owned)).resolves.toEqual({ server: 'c', host: 'h' });
  });

  test('once the servers are known, a fleet that stays old is asked once: further calls cost one message each', async () => {
    await fleet.serve('old', '1.2');
    const client = createClient(fleet.transport, Ports13);
    await client.$servers();
    await client.getPorts('h', FULL);
    const sent = recordOf(fleet.transport);
    for (let call = 0; call < 20; call++) await client.getPorts('h', FULL);
    const requests = sent.filter(({ subject }) => subject.startsWith('rpc.'));
    expect(requests).toHaveLength(20);
    expect(new Set(requests.map(({ subject }) => subject))).toEqual(new Set(['rpc.fleet.ports.any._.1.getPorts.2']));
  });

  test('a fleet that is upgraded is noticed within seconds, without a failed call', async () => {
    await fleet.serve('old', '1.2');
    const client = createClient(fleet.transport, Ports13);
    await client.$servers();
    await expect(client.getPorts('h', FULL)).resolves.toMatchObject({ server: 'old' });
    await fleet.serve('new', '1.3');
    await fleet.stopServer('old');
    await expect(client.getPorts('h', FULL)).resolves.toEqual({ server: 'new', host: 'h', filter: { network: 'n' } });
    await eventually(async () => 'mac' in (await client.getPorts('h', FULL)).filter!, 'the new server gets the new field');
  });

  test('rolled back further while calls go on: each step down is found out', async () => {
    await fleet.serve('c', '1.3');
    const client = createClient(fleet.transport, Ports13);
    for (const [next, version, filter] of [
      ['b', '1.2', { network: 'n' }],
      ['a', '1.1', undefined],
    ] as const) {
      await fleet.serve(next, version);
      await fleet.stopServer(next === 'b' ? 'c' : 'b');
      const expected = { server: next, host: 'h', ...(filter && { filter }) };
      await expect(client.getPorts('h', FULL)).resolves.toEqual(expected);
    }
  });

  test('a call is sent as its arguments were when it was made, in its older form too', async () => {
    await fleet.serve('old', '1.2');
    const filter = { network: 'as it was', mac: 'm' };
    const calling = createClient(fleet.transport, Ports13).getPorts('h', filter);
    filter.network = 'changed afterwards';
    await expect(calling).resolves.toMatchObject({ filter: { network: 'as it was' } });
  });

  test('whoever listens is told what was left out and why; a call in its own form is not told of', async () => {
    const told: OlderFormSent[] = [];
    const listen = (message: unknown) => told.push(message as OlderFormSent);
    subscribe(OLDER_FORM_CHANNEL, listen);
    try {
      await fleet.serve('old', '1.2');
      const client = createClient(fleet.transport, Ports13);
      await client.getPorts('h', FULL);
      await client.getPorts('h', { network: 'n' });
      await client.$with({ versionCap: '1.1' }).getPorts('h', FULL);
    } finally {
      unsubscribe(OLDER_FORM_CHANNEL, listen);
    }
    const common = { method: 'Ports.getPorts', destination: 'fleet/ports', needs: '1.3' };
    expect(told).toEqual([
      { ...common, sent: '1.2', leftOut: [{ path: 'filter.mac', needs: '1.3' }], because: 'served' },
      { ...common, sent: '1.0', leftOut: [{ path: 'filter', needs: '1.2' }], because: 'cap' },
    ]);
  });

  test('to all: every server gets it once, in the newest form that it takes', async () => {
    await fleet.serve('a', '1.1');
    await fleet.serve('b', '1.2');
    await fleet.serve('c', '1.3');
    const client = createClient(fleet.transport, Ports13);
    await client.$fanout.changed('h', FULL);
    await fleet.settled();
    const byServer = [...fleet.casts].sort((x, y) => (x.server < y.server ? -1 : 1));
    const expected = [
      { server: 'a', host: 'h' },
      { server: 'b', host: 'h', filter: { network: 'n' } },
      { server: 'c', host: 'h', filter: FULL },
    ];
    expect(byServer).toEqual(expected);

    const answers = [];
    for await (const answer of client.$each.getPorts('h', FULL)) answers.push(answer);
    answers.sort((x, y) => (x.server < y.server ? -1 : 1));
    expect(answers).toEqual(expected.map((value) => ({ server: value.server, value })));
  });

  test('to all, what some cannot take in any form: they refuse it once, and are counted', async () => {
    const old = await fleet.serve('a', '1.1');
    const newest = await fleet.serve('c', '1.3');
    const client = createClient(fleet.transport, Ports13);
    const answers = [];
    for await (const answer of client.$each.count('h')) answers.push(answer);
    answers.sort((x, y) => (x.server < y.server ? -1 : 1));
    expect(answers).toMatchObject([
      { server: 'a', error: { code: 'unsupported_version' } },
      { server: 'c', value: 1 },
    ]);
    expect([old.stats().refused, newest.stats().refused]).toEqual([1, 0]);
  });
});
