/** Fleets that change during calls: many unserved calls at once, servers that stop between question and answer, retries in an older form. */
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { createClient, RpcError, type RpcServer, type Transport } from 'concord-rpc';
import { brokers } from '../fixtures/brokers';
import { Ports13 } from '../fixtures/contracts/ports';
import { eventually, isProbe, recordOf, useFleet } from './fleet';

const FULL = { network: 'n', mac: 'fa:16:3e:00:00:01' };
const questionsIn = (sent: ReturnType<typeof recordOf>) => sent.filter(({ subject }) => subject.endsWith('._concord.1.ping.0'));
const requestsIn = (sent: ReturnType<typeof recordOf>) =>
  sent.map(({ subject }) => subject).filter((subject) => /^rpc\..*\.any\./.test(subject));

describe.each(brokers)('on $name', ({ start }) => {
  const fleet = useFleet(start);

  test('many unserved calls at once ask the fleet once, and the error of each names the servers', async () => {
    await fleet.serve('a', '1.1');
    await fleet.serve('b', '1.2');
    const client = createClient(fleet.transport, Ports13);
    const sent = recordOf(fleet.transport);
    const storm = () =>
      Promise.all(Array.from({ length: 50 }, () => client.count('h').catch((thrown: RpcError) => thrown.message)));
    const expected = Array(50).fill('[unsupported_version] Ports.count needs 1.3; served: 1.1 ×1, 1.2 ×1');
    expect(await storm()).toEqual(expected);
    expect(questionsIn(sent)).toHaveLength(2); // one about the method, one that fills the view of the topic
    await fleet.stopServer('b');
    await expect(client.count('h')).rejects.toThrow('Ports.count needs 1.3; served: 1.1 ×1');
    expect(questionsIn(sent)).toHaveLength(3);
    const server = await fleet.serve('c', '1.3');
    expect(await client.count('h')).toBe(1);
    expect(server.stats().started).toBe(1);
  });

  test('a caller in a hurry does not wait for the question that others ask', async () => {
    await fleet.serve('a', '1.1');
    const client = createClient(fleet.transport, Ports13);
    await client.getPorts('h');
    const silent = muteReplies(fleet.transport);
    const ended: string[] = [];
    const end = (who: string, timeout: number) => {
      const call = client.$with({ timeout }).count('h');
      return expect(call.finally(() => ended.push(who))).rejects.toMatchObject({ executed: 'no' });
    };
    const both = Promise.all([end('patient', 5_000), end('hurried', 20)]); // handled from the start: a machine that stands still ends both in one turn
    await both.finally(() => silent.mockRestore());
    expect(ended).toEqual(['hurried', 'patient']);
  });

  test('the only server stops while the call steps down: the call fails with no_servers, and has not run', async () => {
    const server = await fleet.serve('old', '1.2');
    const client = createClient(fleet.transport, Ports13);
    const sent = stopBefore(fleet.transport, /\.any\._\.1\.getPorts\.2$/, server);
    await expect(client.getPorts('h', FULL)).rejects.toMatchObject({ code: 'no_servers', executed: 'no' });
    expect(sent.filter((subject) => subject.includes('.any.')).map((subject) => subject.slice(-'1.getPorts.2'.length))).toEqual([
      '1.getPorts.3',
      '1.getPorts.2',
      '1.getPorts.0',
    ]);
  });

  test('it goes, and an older one is there: the call steps down once more', async () => {
    const server = await fleet.serve('old', '1.2');
    const client = createClient(fleet.transport, Ports13);
    await client.getPorts('h', FULL);
    await fleet.serve('older', '1.1');
    await fleet.stopServer('old');
    await expect(client.getPorts('h', FULL)).resolves.toEqual({ server: 'older', host: 'h' });
    expect(server.stats().inFlight).toBe(0);
  });

  test('a call that has stepped down stays down in its further attempts, arguments and version together', async () => {
    const full = (gate: Gate) => async () => {
      gate.enter();
      await gate.opened;
      throw new RpcError('overloaded', 'not now', { executed: 'no', retryable: true });
    };
    const [first, second] = [new Gate(), new Gate()];
    await fleet.serve('new', '1.3', { interceptors: [full(first)] });
    const client = createClient(fleet.transport, Ports13, { retry: { attempts: 3, firstDelay: 1 } });
    const isGone = (name: string) => async () => (await client.$ping()).every(({ server }) => server !== name);
    const sent = recordOf(fleet.transport);
    const calling = client.getPorts('h', FULL);
    await first.entered;
    await fleet.serve('old', '1.2', { interceptors: [full(second)] });
    const stopping = [fleet.stopServer('new')];
    await eventually(isGone('new'), 'the new server takes no more calls');
    first.open();
    await second.entered;
    await fleet.serve('newer', '1.3');
    stopping.push(fleet.stopServer('old'));
    await eventually(isGone('old'), 'the old server takes no more calls');
    second.open();
    await expect(calling).resolves.toEqual({ server: 'newer', host: 'h', filter: { network: 'n' } });
    await Promise.all(stopping);
    const minors = requestsIn(sent).map((subject) => /\._\.1\.\w+\.(\d)$/.exec(subject)?.[1]);
    expect(minors).toEqual(['3', '3', '2', '2']);
  });

  test('a half-upgraded group with constant restarts: no served call fails, and none runs on a server that is too old', async () => {
    await fleet.serve('a', '1.2');
    await fleet.serve('b', '1.3');
    await fleet.serve('c', '1.3');
    const client = createClient(fleet.transport, Ports13, { retry: { attempts: 3 } });
    let going = true;
    const callers = Array.from({ length: 8 }, async () => {
      const seen = new Set<string>();
      for (let call = 0; going && call < 20_000; call++) {
        await turn(); // a broker in memory answers within one turn: others need theirs
        expect(await client.count('h')).toBe(1);
        const { server, filter } = await client.getPorts('h', FULL);
        expect({ server, hasMac: 'mac' in filter! }).toEqual({ server, hasMac: server !== 'a' });
        seen.add(server);
      }
      return seen;
    });
    const restarts = async () => {
      for (const name of ['b', 'c', 'a', 'b', 'c']) {
        await fleet.stopServer(name);
        await fleet.serve(name, name === 'a' ? '1.2' : '1.3');
      }
    };
    await Promise.race([restarts(), ...callers]).finally(() => {
      going = false;
    });
    const all = await Promise.all(callers);
    expect(new Set(all.flatMap((seen) => [...seen]))).toEqual(new Set(['b', 'c']));
  });

  test('the broker judges each form of a call to one server: no server is asked, however many there are', async () => {
    await fleet.serve('a', '1.1');
    for (const name of ['b', 'c', 'd']) await fleet.serve(name, '1.3');
    const client = createClient(fleet.transport, Ports13);
    const alone = client.$to('a');
    await client.$servers();
    const sent = recordOf(fleet.transport);
    await expect(alone.getPorts('h', FULL)).resolves.toEqual({ server: 'a', host: 'h' });
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 4_000);
    await expect(alone.getPorts('h', FULL)).resolves.toEqual({ server: 'a', host: 'h' });
    expect(sent.map(({ subject }) => subject).filter((subject) => subject.startsWith('rpc.'))).toEqual(
      [3, 2, 0, 3, 2, 0].map((minor) => `rpc.fleet.ports.to.a._.1.getPorts.${minor}`),
    );
  });
});

/** The place at which a test holds a handler up. */
class Gate {
  enter!: () => void;
  open!: () => void;
  readonly entered = new Promise<void>((resolve) => (this.enter = resolve));
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

/** From now on, what is answered is not heard. */
function muteReplies(transport: Transport) {
  const publish = transport.publish.bind(transport);
  return jest.spyOn(transport, 'publish').mockImplementation((subject, data, reply) => {
    if (!subject.endsWith('ping.0')) publish(subject, data, reply);
  });
}

/** Stops a server before the first message to such a subject is sent. Gives the subjects to which anything is. */
function stopBefore(transport: Transport, subjects: RegExp, server: RpcServer): readonly string[] {
  const publish = transport.publish.bind(transport);
  const sent: string[] = [];
  let stopping: Promise<void> | undefined;
  jest.spyOn(transport, 'publish').mockImplementation((subject, data, reply) => {
    if (!isProbe(subject)) sent.push(subject);
    if (stopping === undefined && subjects.test(subject)) stopping = server.stop();
    if (stopping === undefined || !subject.startsWith('rpc.')) publish(subject, data, reply);
    else void stopping.then(() => publish(subject, data, reply));
  });
  return sent;
}
