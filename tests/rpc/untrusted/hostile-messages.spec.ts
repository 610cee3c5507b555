/** Messages that no Concord client or server sends: the server survives each, answers it if possible, and serves the next call. */
import 'reflect-metadata';
import { Arg, createClient, Endpoint, RpcMethod, RpcServer, remote } from 'concord-rpc';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { collectingLogger } from '../../fixtures/collecting-logger';
import { rawRequest } from '../../fixtures/raw-request';

@Endpoint({ topic: 'hostile', version: '1.1' })
class Service {
  readonly notAMethod = 'attribute';
  @RpcMethod() echo(@Arg({ unchecked: true }) value: unknown): unknown {
    return value;
  }
  @RpcMethod() sum(a: number, b: number = 1): number {
    return a + b;
  }
  undecorated(): string {
    ran.push('undecorated');
    return 'must not run';
  }
  _private(): string {
    ran.push('_private');
    return 'must not run';
  }
  get getter(): string {
    ran.push('getter');
    return 'must not run';
  }
}
const ran: string[] = [];

const deep = (levels: number) => `{"args":[${'['.repeat(levels)}${']'.repeat(levels)}]}`;
const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))));

/** Requests and the code of the answer. */
const REQUESTS: [string, Buffer, string][] = [
  ['an empty payload', bytes(''), 'protocol_error'],
  ['half of JSON', bytes('{"args":['), 'protocol_error'],
  ['JSON and more', bytes('{"args":[1]}x'), 'protocol_error'],
  ['a byte order mark', bytes('\ufeff{"args":[1]}'), 'protocol_error'],
  ['invalid UTF-8', bytes('{"args":["', 0xff, 0xfe, '"]}'), 'protocol_error'],
  ['200 000 brackets', bytes('['.repeat(200_000)), 'protocol_error'],
  ['a megabyte of brackets', bytes('['.repeat(1_000_000)), 'payload_too_large'],
  ['1 000 levels', bytes(deep(1_000)), 'protocol_error'],
  ['67 levels', bytes(deep(67)), 'protocol_error'],
  ['null', bytes('null'), 'protocol_error'],
  ['a number', bytes('5'), 'protocol_error'],
  ['a text', bytes('"x"'), 'protocol_error'],
  ['true', bytes('true'), 'protocol_error'],
  ['no args', bytes('{}'), 'protocol_error'],
  ['args of another kind', bytes('{"args":5}'), 'protocol_error'],
  ['args null', bytes('{"args":null}'), 'protocol_error'],
  ['an unknown envelope', bytes('{"envelope":99,"args":[1]}'), 'protocol_error'],
  ['an envelope version of another kind', bytes('{"envelope":"1","args":[1]}'), 'protocol_error'],
  ...['x', '', '1', '1.0.0', '01.0', '1.01', '9999999999.0', '1.2147483648', '1.0\n', '١.0'].map(
    (contract): [string, Buffer, string] => [
      `contract ${JSON.stringify(contract)}`,
      bytes(JSON.stringify({ contract, args: [1] })),
      'protocol_error',
    ],
  ),
  ['a contract of another kind', bytes('{"contract":1.1,"args":[1]}'), 'protocol_error'],
  ['a context of 200 kB in one text', bytes(`{"context":{"k":"${'x'.repeat(200_000)}"},"args":[1]}`), 'protocol_error'],
  ['a context of 900 kB in one text', bytes(`{"context":{"k":"${'x'.repeat(900_000)}"},"args":[1]}`), 'payload_too_large'],
  [
    'a context of many keys',
    bytes(
      JSON.stringify({ context: Object.fromEntries(Array.from({ length: 8_000 }, (_, index) => [`k${index}`, 1])), args: [1] }),
    ),
    'protocol_error',
  ],
  ['a context of many items', bytes(`{"context":{"k":[${'0,'.repeat(30_000)}0]},"args":[1]}`), 'protocol_error'],
  ['a negative ttl', bytes('{"ttl":-1,"args":[1]}'), 'protocol_error'],
  ['a ttl of text', bytes('{"ttl":"NaN","args":[1]}'), 'protocol_error'],
  ['a nonce that is too long', bytes(`{"re":"${'x'.repeat(65)}","args":[1]}`), 'protocol_error'],
  ['a nonce of another kind', bytes('{"re":{},"args":[1]}'), 'protocol_error'],
  ['a context that is an array', bytes('{"context":[],"args":[1]}'), 'protocol_error'],
  ['a tenant of another kind', bytes('{"context":{"tenant":{}},"args":[1]}'), 'protocol_error'],
  ['__proto__ in the context', bytes('{"context":{"__proto__":{"isAdmin":true}},"args":[1]}'), 'protocol_error'],
  ['a trace that is an array', bytes('{"trace":[],"args":[1]}'), 'protocol_error'],
  ['a trace with a value that is no text', bytes('{"trace":{"traceparent":1},"args":[1]}'), 'protocol_error'],
  ['a trace that is too long', bytes(`{"trace":{"baggage":"${'x'.repeat(10_240)}"},"args":[1]}`), 'protocol_error'],
  [
    'a trace of too many keys',
    bytes(JSON.stringify({ trace: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, ''])), args: [1] })),
    'protocol_error',
  ],
  ['__proto__ in the trace', bytes('{"trace":{"__proto__":{"isAdmin":true}},"args":[1]}'), 'protocol_error'],
  ['a monitor of 0', bytes('{"monitor":0,"args":[1]}'), 'protocol_error'],
  ['a monitor of text', bytes('{"monitor":"1","args":[1]}'), 'protocol_error'],
  ['accept that is not true', bytes('{"accept":1,"args":[1]}'), 'protocol_error'],
  ['each that is not true', bytes('{"each":{},"args":[1]}'), 'protocol_error'],
  ['a window of 0', bytes('{"window":0,"args":[1]}'), 'protocol_error'],
  ['an id that is too long', bytes(`{"id":"${'x'.repeat(65)}","args":[1]}`), 'protocol_error'],
  ['__proto__ in the envelope', bytes('{"__proto__":{"a":1},"args":[1]}'), 'protocol_error'],
  ['__proto__ in an argument', bytes('{"args":[{"__proto__":{"isAdmin":true}}]}'), 'protocol_error'],
  ['__proto__ escaped', bytes('{"args":[{"__pro\\u0074o__":{"isAdmin":true}}]}'), 'protocol_error'],
  ['constructor.prototype', bytes('{"args":[[{"constructor":{"prototype":{"x":1}}}]]}'), 'protocol_error'],
  ['a first byte that no codec writes', bytes(0xc1, 0xa4, 'args', 0x90), 'protocol_error'],
  ['gzip', bytes(0x1f, 0x8b, 0x08, 0x00), 'protocol_error'],
  ['an unknown argument name', bytes('{"args":{"evil":1}}'), 'invalid_argument'],
  ['an argument index out of range', bytes('{"args":{"99":1}}'), 'invalid_argument'],
  ['too many arguments', bytes('[1,2,3]'), 'invalid_argument'],
  ['an expired ttl', bytes('{"ttl":0,"args":[1]}'), 'deadline_exceeded'],
];

/** Names that are not methods, though objects have them. */
const NOT_METHODS = [
  'constructor',
  '__proto__',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'isPrototypeOf',
  'toLocaleString',
  'propertyIsEnumerable',
  '__defineGetter__',
  '__lookupSetter__',
  'undecorated',
  '_private',
  'getter',
  'notAMethod',
  'then',
  'ECHO',
  'start',
  'length',
];

describe.each(brokers)('on $name', ({ start }) => {
  let server: RpcServer;
  const logger = collectingLogger();
  const any = 'rpc.default.hostile.any._.1';

  const broker = useBroker(start, 'all tests');
  beforeAll(async () => {
    server = new RpcServer(await broker.connect(), { server: 's', logger }).register(new Service());
    await broker.startServer(server);
  });
  afterEach(async () => {
    const client = createClient(broker.transport, Service as unknown as abstract new () => Pick<Service, 'echo' | 'sum'>);
    await expect(client.sum(1)).resolves.toBe(2);
    expect(ran).toEqual([]);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  const request = async (subject: string, data: Buffer) =>
    JSON.parse((await rawRequest(broker.transport, subject, data)).toString());

  test.each(REQUESTS)('%s', async (_name, data, code) => {
    const reply = await request(`${any}.echo.0`, data);
    expect(reply.error).toMatchObject({ code, executed: 'no' });
    expect(Object.keys(reply)).toEqual(['error']);
  });

  test.each([
    ['an unknown envelope', '{"re":"abc","envelope":99,"args":[1]}'],
    ['no args', '{"re":"abc"}'],
    ['a negative ttl', '{"re":"abc","ttl":-1,"args":[1]}'],
    ['__proto__ in an argument', '{"re":"abc","args":[{"__proto__":{"isAdmin":true}}]}'],
  ])('%s: the refusal echoes the nonce, so that its sender does not wait for nothing', async (_name, text) => {
    expect(await request(`${any}.echo.0`, Buffer.from(text))).toMatchObject({ re: 'abc', error: { code: 'protocol_error' } });
  });

  test.each<[string, unknown]>([
    ['[5]', { result: 5 }],
    ['[null]', { result: null }],
    ['{"args":[5]}', { result: 5 }],
    ['{"contract":"1.2147483647","args":[5]}', { result: 5 }],
    [`{"context":{"k":"${'x'.repeat(32_000)}"},"args":[5]}`, { result: 5 }],
    ['{"args":{"value":5}}', { result: 5 }],
    ['{"args":{"0":5},"unknown":"ignored"}', { result: 5 }],
    ['{"re":"\\"quoted\\"","args":[5]}', { re: '"quoted"', result: 5 }],
    ['{"args":[{"toString":1,"then":2}]}', JSON.parse('{"result":{"toString":1,"then":2}}')],
    [` [ 5 ] `, { result: 5 }],
    [deep(64), { result: expect.anything() }],
  ])('%s, typed by hand, is served', async (text, reply) => {
    expect(await request(`${any}.echo.0`, Buffer.from(text))).toEqual(reply);
  });

  test.each(NOT_METHODS)('%s is not a method', async (method) => {
    expect((await request(`rpc.default.hostile.to.s._.1.${method}.0`, Buffer.from('[]'))).error).toMatchObject({
      code: 'no_such_method',
      executed: 'no',
    });
  });

  test.each([
    ['01', '0'],
    ['1', '01'],
    ['1', '-1'],
    ['1', '1e0'],
    ['1', 'x'],
    ['999999999999999999999', '0'],
  ])('version %s.%s in the subject reaches no server', async (major, minor) => {
    const sending = request(`rpc.default.hostile.to.s._.${major}.echo.${minor}`, Buffer.from('[1]'));
    await expect(sending).rejects.toThrow('no responders');
  });

  test.each(['rpc.default.hostile.to.s', 'rpc.default.hostile.to.s._.1.echo.0.more', 'rpc.default.hostile.to.s.x'])(
    '%s reaches no server',
    async (subject) => {
      await expect(request(subject, Buffer.from('[1]'))).rejects.toThrow('no responders');
    },
  );

  test('a reply subject that is a service is not answered: the server would call it with its own rights', async () => {
    const before = server.stats().badReplySubjects;
    const victim: unknown[] = [];
    broker.transport.subscribe('rpc.default.victim.any._.1.delete.0', { deliver: (message) => victim.push(message) });
    for (const reply of [
      'rpc.default.victim.any._.1.delete.0',
      'orders',
      '$SYS.REQ.SERVER.PING',
      'rpcr',
      'rpcr.client.0',
      'rpcr.a.b.c.d.e',
      '_INBOX',
    ]) {
      broker.transport.publish(`${any}.echo.0`, Buffer.from('[1]'), reply);
    }
    await request(`${any}.echo.0`, Buffer.from('[1]')).catch(() => undefined);
    await broker.transport.flush();
    expect(victim).toEqual([]);
    expect(server.stats().badReplySubjects - before).toBe(7);
  });

  test('a cast that cannot be read is logged', async () => {
    broker.transport.publish(`${any}.echo.0`, Buffer.from('{'));
    await request(`${any}.echo.0`, Buffer.from('[1]'));
    expect(logger.lines.at(-1)).toBe('refused a cast: [protocol_error] request is not JSON');
  });

  test('forged, malformed and stale replies do not reach a call', async () => {
    @Endpoint({ topic: 'victim', version: '1.0' })
    abstract class Victim {
      @RpcMethod() ask(): Promise<string> {
        return remote();
      }
    }
    const forger = await broker.connect();
    let done!: () => void;
    const forged = new Promise<void>((resolve) => (done = resolve));
    // listens as a server would, and answers with everything but the truth before it answers
    const subscription = forger.subscribe('rpc.default.victim.any._.1.ask.0', {
      deliver: ({ reply, data }) => {
        const { re } = JSON.parse(Buffer.from(data).toString());
        const lies = [
          '',
          '{',
          'null',
          '[]',
          '{"result":"forged"}',
          '{"re":"guessed","result":"forged"}',
          '{"re":null,"result":"forged"}',
          '[['.repeat(40_000),
          `{"re":"${re.slice(0, -1)}","result":"forged"}`,
        ];
        for (const lie of lies) forger.publish(reply!, Buffer.from(lie));
        const elsewhere = reply!.replace(/\d+$/, '');
        for (const slot of ['99999', 'x', '-1', '0x1', '1e1'])
          forger.publish(elsewhere + slot, Buffer.from(`{"re":"${re}","result":"forged"}`));
        forger.publish(reply!, Buffer.from(`{"re":"${re}","result":"true"}`));
        forger.publish(reply!, Buffer.from(`{"re":"${re}","result":"second"}`));
        done();
      },
    });
    await forger.flush();
    await expect(createClient(broker.transport, Victim).ask()).resolves.toBe('true');
    await forged;
    await subscription.drain();
  });
});
