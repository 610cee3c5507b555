/** Answers of hostile servers: no text of them becomes part of a subject, none ends the client, and each call settles once. */
import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { createClient, Endpoint, NatsTransport, RpcMethod, RpcServer, remote, type Transport } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { failure } from '../../fixtures/failure';
import { type RecordingProxy, startRecordingProxy } from '../../fixtures/recording-proxy';
import { scriptedServer, wireError } from '../../fixtures/scripted-server';
import { until } from '../../fixtures/until';

@Endpoint({ topic: 'victim', version: '1.1' })
abstract class Victim {
  @RpcMethod() echo(_value: number): Promise<number> {
    return remote();
  }
  @RpcMethod({ idempotencyWindow: 1_000 }) once(_value: number): Promise<number> {
    return remote();
  }
  @RpcMethod({ mode: 'stream' }) items(): AsyncIterable<number> {
    return remote();
  }
  @RpcMethod() unserved(): Promise<void> {
    return remote();
  }
}

/** The same interface, as its server has it. */
@Endpoint({ topic: 'victim', version: '1.1', name: 'Victim' })
class Honest {
  @RpcMethod() echo(value: number): number {
    return value;
  }
}

const ROGUE = 'rpc.default.victim.to.rogue._.1.*.0';

/** Names that are not names: each would be lines, other subjects or wildcards in the protocol. */
const NAMES: [string, unknown][] = [
  ['a line break', 'a 0\r\n\r\nPUB stolen 2\r\nhi\r\nPING\r\nPUB b'],
  ['UNSUB', 'x 0\r\n\r\nUNSUB 1\r\nPUB y'],
  ['a space', 'a b'],
  ['a wildcard', '*'],
  ['the rest of a subject', '>'],
  ['an empty token', 'a..b'],
  ['an empty text', ''],
  ['a NUL', 'a\u0000b'],
  ['a letter of more than one byte', 'ü'],
  ['200 characters', 'x'.repeat(200)],
  ['a line break at the end', 'rogue\n'],
  ['an array', ['rogue']],
  ['an object', { toString: 'rogue' }],
  ['a number', 7],
];

describe('a client behind a recording proxy', () => {
  let broker: NatsServer;
  let proxy: RecordingProxy;
  let own: Transport;
  let serving: Transport;
  let attacker: Transport;
  const heard: string[] = [];

  beforeAll(async () => {
    broker = await startNatsServer();
    proxy = await startRecordingProxy(broker);
    own = await NatsTransport.connect({ servers: proxy.url });
    serving = await NatsTransport.connect({ servers: broker.url });
    await new RpcServer(serving, { server: 'honest' }).register(new Honest()).start();
  });
  afterAll(async () => {
    await Promise.all([own?.close(), serving?.close()]);
    await proxy?.stop();
    await broker?.stop();
  });
  beforeEach(async () => {
    attacker = await NatsTransport.connect({ servers: broker.url });
    for (const subject of ['stolen', 'b'])
      attacker.subscribe(subject, { deliver: (message) => void heard.push(message.subject) });
  });
  afterEach(() => attacker.close());

  test.each(NAMES)('a name with %s in notices, answers and announcements reaches no subject', async (_what, server) => {
    const endpoints = [{ name: 'Victim', version: '1.1', namespaces: [null] }];
    const seen = await scriptedServer(attacker, ROGUE, () => ({ alive: 1, server, result: 1 }));
    const system = await scriptedServer(attacker, 'rpc.default.victim.all._concord.1.*.0', () => ({
      result: { server, boot: 'b', endpoints },
    }));
    const client = createClient(own, Victim);
    const rogue = client.$to('rogue');
    const controller = new AbortController();
    const calls = [
      failure(rogue.$with({ timeout: 100, signal: controller.signal }).echo(1)),
      failure(rogue.$with({ timeout: 100, retry: { attempts: 3, firstDelay: 1, longestDelay: 1 } }).once(1)),
      failure(rogue.$with({ timeout: 300, monitor: 100 }).echo(1)),
      failure(client.$with({ timeout: 100 }).unserved()),
      failure(rogue.$with({ timeout: 100 }).items()[Symbol.asyncIterator]().next()),
    ];
    expect((await client.$ping()).map((each) => each.server)).toEqual(['honest']);
    await until(() => seen.length >= 4 && system.length >= 1);
    await own.flush();
    controller.abort();
    for (const error of await Promise.all(calls)) expect(error.code).toEqual(expect.any(String));
    expect((await client.$servers()).map((each) => each.server)).toEqual(['honest']);
    await own.flush();
    expect(heard).toEqual([]);
    expect(proxy.foreign).toEqual([]);
    expect(proxy.count()).toBeGreaterThan(4);
    await expect(client.echo(5)).resolves.toBe(5);
  });
});

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start);

  test.each<[string, object]>([
    ['a version with a leading zero', { version: '01.0' }],
    ['a version that is too large', { version: '9999999999.0' }],
    ['a version that is a number', { version: 1.1 }],
    ['a namespace that is an object without a text', { namespaces: [{ toString: null }] }],
    ['a namespace that is a number', { namespaces: [7] }],
    ['a namespace with a line break', { namespaces: ['a\r\nb'] }],
    ['a name that is an object', { name: { toString: null } }],
    ['a name with ESC', { name: '\u001b[2J' }],
    ['other namespaces', { namespaces: ['other'] }],
    ['another major', { version: '7.0' }],
  ])('a ping that is answered with %s leaves no promise without a handler', async (_what, part) => {
    const endpoint = { name: 'Victim', version: '1.1', namespaces: [null], ...part };
    const answer = () => ({ result: { server: 'rogue', boot: 'b', endpoints: [endpoint] } });
    await scriptedServer(await broker.connect(), 'rpc.default.victim.all._concord.1.*.0', answer);
    const client = createClient(broker.transport, Victim).$with({ timeout: 2_000 });
    const known = createClient(broker.transport, Victim, { versionCap: 'auto' }).$with({ timeout: 2_000 });
    const codes = /^(no_servers|unknown_namespace|unsupported_version|no_such_method)$/;
    const errors = await Promise.all([client.unserved(), known.unserved(), client.$cast.unserved()].map((sent) => failure(sent)));
    for (const error of errors) expect(error).toMatchObject({ code: expect.stringMatching(codes), executed: 'no' });
    await client.$servers();
  });

  test('a refusal that is repeated 200 times in one message counts once', async () => {
    const transport = await broker.connect();
    let sent = 0;
    transport.subscribe(ROGUE, {
      deliver: ({ data, reply }) => {
        sent++;
        const { re } = JSON.parse(Buffer.from(data).toString());
        const refusal = { re, ...wireError('overloaded', 'no', { retryAfter: 1 }) };
        transport.publish(reply!, Buffer.from(JSON.stringify({ replies: Array(200).fill(refusal) })));
      },
    });
    await transport.flush();
    const client = createClient(broker.transport, Victim).$to('rogue');
    const retry = { attempts: 3, firstDelay: 1, longestDelay: 1 };
    expect(await failure(client.$with({ timeout: 5_000, retry }).echo(1))).toMatchObject({
      code: 'overloaded',
      data: { attempts: 3 },
    });
    expect(sent).toBe(3);
  });

  test('a server with a name that makes the subject of the next attempt too long ends the call, not the process', async () => {
    const [token, server] = ['t'.repeat(64), '_'.repeat(128)];
    @Endpoint({ topic: token, exchange: token, namespace: token })
    abstract class Long {
      @RpcMethod({ idempotencyWindow: 1_000 }) onceAndNeverAgainBecauseItMustNotRunTwiceWhateverHappens(): Promise<number> {
        return remote();
      }
    }
    const transport = await broker.connect();
    transport.subscribe(`rpc.${token}.${token}.any.${token}.1.*.0`, {
      deliver: ({ data, reply }) => {
        const { re } = JSON.parse(Buffer.from(data).toString());
        for (const part of [{ alive: 1, server }, wireError('server_stopped', 'maybe')])
          transport.publish(reply!, Buffer.from(JSON.stringify({ re, ...part })));
      },
    });
    await transport.flush();
    const retry = { attempts: 3, firstDelay: 1, longestDelay: 1 };
    const error = await failure(
      createClient(broker.transport, Long, { timeout: 5_000, retry }).onceAndNeverAgainBecauseItMustNotRunTwiceWhateverHappens(),
    );
    expect(error).toMatchObject({ code: 'invalid_target', executed: 'maybe' });
  });

  test('one malformed reply of several does not lose the others', async () => {
    const transport = await broker.connect();
    transport.subscribe(ROGUE, {
      deliver: ({ data, reply }) => {
        const { re } = JSON.parse(Buffer.from(data).toString());
        const replies = [null, [], { re: 'x', error: 'x' }, { alive: 1, server: 'a b' }, { re, result: 7 }, { re, result: 8 }];
        transport.publish(reply!, Buffer.from(JSON.stringify({ replies })));
      },
    });
    await transport.flush();
    await expect(createClient(broker.transport, Victim).$to('rogue').echo(1)).resolves.toBe(7);
  });
});
