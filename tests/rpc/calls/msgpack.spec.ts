/** Contracts with `codec: 'msgpack'`: the same calls, with dates and bytes, beside contracts in JSON. */
import 'reflect-metadata';
import { connectionOf } from '@concord-rpc/client';
import { Type } from 'class-transformer';
import { IsArray, IsDate, IsInt, IsOptional, IsString } from 'class-validator';
import { Arg, createClient, Endpoint, RpcMethod, RpcServer, remote, rpcContext, Since } from 'concord-rpc';
import fc from 'fast-check';
import { useBroker } from '../../fixtures/broker-of-tests';
import { brokers } from '../../fixtures/brokers';
import { failure } from '../../fixtures/failure';
import { rawRequest } from '../../fixtures/raw-request';
import { isProbe } from '../../fleet/fleet';

class Backup {
  @IsString() name!: string;
  @IsDate() at!: Date;
  @IsOptional() content?: Uint8Array;
  @IsOptional() @IsArray() @IsDate({ each: true }) seen?: Date[];
  @IsOptional() @IsArray() @Type(() => Buffer) parts?: Buffer[];
  @Since('1.1') @IsOptional() @IsInt() generation?: number;
}

@Endpoint({ topic: 'archive', version: '1.1', codec: 'msgpack' })
abstract class Archive {
  @RpcMethod() echo(@Arg({ unchecked: true }) _value: unknown): Promise<unknown> {
    return remote();
  }
  @RpcMethod({ returns: Date }) shift(
    _from: Date,
    @Arg({ optional: true }) _by?: number,
    @Arg({ optional: true }) _key?: Buffer,
  ): Promise<Date> {
    return remote();
  }
  @RpcMethod({ returns: Backup }) store(_backup: Backup): Promise<Backup> {
    return remote();
  }
  @RpcMethod({ returns: Buffer }) join(@Arg({ type: [Uint8Array] }) _parts: Uint8Array[]): Promise<Buffer> {
    return remote();
  }
  @RpcMethod({ mode: 'cast' }) note(_at: Date): Promise<void> {
    return remote();
  }
  @RpcMethod() fail(_how: string): Promise<unknown> {
    return remote();
  }
  @RpcMethod() long(): Promise<string> {
    return remote();
  }
  @RpcMethod({ since: '1.1' }) later(): Promise<string> {
    return remote();
  }
}

/** The contract of an older server. */
@Endpoint({ topic: 'archive', version: '1.0', name: 'Archive', codec: 'msgpack' })
abstract class OlderArchive {
  @RpcMethod() echo(@Arg({ unchecked: true }) _value: unknown): Promise<unknown> {
    return remote();
  }
}

/** The same subjects, in JSON. */
@Endpoint({ topic: 'archive', version: '1.1', name: 'Archive' })
abstract class JsonArchive {
  @RpcMethod() echo(@Arg({ unchecked: true }) _value: unknown): Promise<unknown> {
    return remote();
  }
}

@Endpoint({ topic: 'archive', namespace: 'plain' })
abstract class Plain {
  @RpcMethod() ask(_what: string): Promise<string> {
    return remote();
  }
}

const AT = new Date('2024-02-29T12:34:56.789Z');
const BYTES = Buffer.from('00ff10', 'hex');
const numbers = Array.from({ length: 64 }, (_, index) => index);

/** The values that handlers received, as instances. */
const seen: unknown[] = [];

const HANDLERS = {
  echo: async (value: unknown) => value,
  shift: (from: Date, by = 1, key?: Buffer) => new Date(from.getTime() + by + (key?.readUInt8() ?? 0)),
  store(backup: Backup) {
    seen.push(backup);
    return backup;
  },
  join: (parts: Uint8Array[]) => Buffer.concat(parts),
  note: (at: Date) => void seen.push(at),
  fail(how: string): Promise<unknown> {
    if (how === 'map') return Promise.resolve(new Map());
    if (how === 'nan') return Promise.resolve({ a: [Number.NaN] });
    throw new Error('secret');
  },
  async long() {
    const context = rpcContext();
    context.progress({ at: AT, done: BYTES, context: context.values });
    return 'done';
  },
  later: async () => 'later',
};

describe.each(brokers)('on $name', ({ start }) => {
  const broker = useBroker(start, 'all tests');
  /** Copies of the messages to this topic and of the replies to them. */
  const sent = { requests: [] as Buffer[], replies: [] as Buffer[] };

  beforeAll(async () => {
    const serving = await broker.connect();
    const server = new RpcServer(serving, { server: 's', logger: broker.logger });
    server.register(Archive, HANDLERS).register(Plain, { ask: (what) => `${what}!` });
    await broker.startServer(server);
    for (const transport of new Set([serving, broker.transport])) {
      const publish = transport.publish.bind(transport);
      transport.publish = (subject, data, reply) => {
        if (subject.startsWith('rpc.default.archive.any.') && !isProbe(subject)) sent.requests.push(Buffer.from(data));
        if (subject.startsWith('rpcr.')) sent.replies.push(Buffer.from(data));
        publish(subject, data, reply);
      };
    }
  });
  beforeEach(() => {
    for (const list of [seen, sent.requests, sent.replies]) list.length = 0;
  });

  const client = (options = {}) => createClient(broker.transport, Archive, options);
  const loose = () => client() as unknown as Record<keyof Archive, (...args: unknown[]) => Promise<unknown>>;

  const request = (subject: string, data: Uint8Array) => rawRequest(broker.transport, subject, data);

  test('requests and replies travel as MessagePack; those of another contract on the same server as JSON', async () => {
    await client().echo(1);
    await createClient(broker.transport, Plain).ask('x');
    expect(sent.requests.map(([byte]) => byte! >= 0x80)).toEqual([true, false]);
    expect(sent.replies.map(([byte]) => byte! >= 0x80)).toEqual([true, false]);
  });

  test.each<[string, unknown]>([
    ['a text', 'ä€😀'],
    ['a fraction', -0.5],
    ['null', null],
    ['a date', AT],
    ['a date before 1970', new Date(-1)],
    ['bytes', BYTES],
    ['no bytes', Buffer.alloc(0)],
    ['nesting', { at: [{ b: [null, 1, AT, { c: BYTES }] }], empty: {}, none: [] }],
    ['100 kB', Buffer.alloc(100_000, 7)],
  ])('echoes %s', async (_name, value) => {
    await expect(client().echo(value)).resolves.toEqual(value);
  });

  test('echoes whatever can be carried', async () => {
    const single = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    const value = fc.oneof(
      single,
      fc.array(single),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,20}$/), single, { noNullPrototype: true }),
    );
    const echo = async (sent: unknown) => expect(await client().echo(sent)).toEqual(sent);
    await fc.assert(fc.asyncProperty(value, echo), { numRuns: 100 });
  });

  test('dates and bytes arrive as such, in arguments, DTOs and results', async () => {
    const shifted = await client().shift(AT, undefined, Buffer.of(9));
    expect(shifted).toEqual(new Date(AT.getTime() + 10));
    expect(await client().join([BYTES, new Uint8Array([1])])).toEqual(Buffer.from('00ff1001', 'hex'));
    const backup = { name: 'b', at: AT, content: BYTES, seen: [AT, AT], parts: [BYTES] };
    const stored = await client().store(backup as Backup);
    expect(stored).toEqual(backup);
    const [given] = seen as [Backup];
    expect(given).toBeInstanceOf(Backup);
    expect([given.at.getTime(), Buffer.isBuffer(given.content), Buffer.isBuffer(stored.content)]).toEqual([
      AT.getTime(),
      true,
      true,
    ]);
  });

  test('what is none is refused with its path', async () => {
    const violations = async (promise: Promise<unknown>) => {
      const error = await failure(promise);
      if (error.code !== 'invalid_argument') throw error;
      return error.data!.violations!.map(({ path, message }) => `${path} ${message}`);
    };
    expect(await violations(loose().shift('2024-01-01', 1, 'key'))).toEqual(['from must be a Date', 'key must be bytes']);
    expect(await violations(loose().join([BYTES, [1, 2]]))).toEqual(['parts[1] must be bytes']);
    const wrong = { name: AT, at: 5, content: [1], seen: [AT, 'x'], parts: [BYTES, {}] };
    expect((await violations(loose().store(wrong))).sort()).toEqual([
      'backup.at must be a Date',
      'backup.content must be bytes',
      'backup.name name must be a string',
      'backup.parts[1] must be bytes',
      'backup.seen each value in seen must be a Date instance',
      'backup.seen[1] must be a Date',
    ]);
    for (const noObject of [AT, Buffer.alloc(100_000)])
      expect(await violations(loose().store(noObject))).toEqual(['backup must be an object']);
  });

  test('holes: an argument left out is undefined and its default applies', async () => {
    await expect(client().shift(AT)).resolves.toEqual(new Date(AT.getTime() + 1));
    await expect(client().shift(AT, undefined, Buffer.of(5))).resolves.toEqual(new Date(AT.getTime() + 6));
  });

  test('what cannot be carried is an error on the side that tried', async () => {
    expect((await failure(client().echo({ a: [1n] }))).message).toBe(
      '[unserializable] Archive.echo: value.a[0] is a bigint, which cannot be sent as MessagePack',
    );
    expect(sent.requests).toEqual([]);
    expect(await failure(client().fail('map'))).toMatchObject({
      message:
        '[unserializable] result of Archive.fail: result is a Map: pass an object, or an array of entries, which cannot be sent as MessagePack',
      executed: 'yes',
    });
    expect((await failure(client().fail('nan'))).code).toBe('unserializable');
    expect(await failure(client().fail('throw'))).toMatchObject({ code: 'internal', executed: 'yes' });
    expect((await failure(client().echo(Buffer.alloc(2 ** 21)))).code).toBe('payload_too_large');
  });

  test('notices: progress with dates and bytes, context as JSON has it', async () => {
    const progress: unknown[] = [];
    const context = { tenant: 't', since: AT };
    const listening = client({ monitor: 1_000, context, onProgress: (value: unknown) => progress.push(value) });
    await expect(listening.long()).resolves.toBe('done');
    expect(progress).toEqual([{ at: AT, done: BYTES, context: { tenant: 't', since: AT.toISOString() } }]);
  });

  test('casts and fanouts', async () => {
    await client().$cast.note(AT);
    await client().$fanout.note(AT);
    await client().$to('s').$cast.note(AT);
    await client().$to('s').echo(1);
    expect(seen).toEqual([AT, AT, AT]);
  });

  test('versions: the broker chooses by subject, whatever the codec', async () => {
    const older = new RpcServer(await broker.connect(), { server: 'older', logger: broker.logger }).register(OlderArchive, {
      echo: async () => 'older',
    });
    await broker.startServer(older);
    const answers = await Promise.all(numbers.map(() => client().later()));
    expect(new Set(answers)).toEqual(new Set(['later']));
    const backup = { name: 'b', at: AT, generation: 1 } as Backup;
    expect(await failure(client().$to('older').store(backup))).toMatchObject({
      code: 'unsupported_version',
      message: expect.stringContaining('Archive.store needs 1.1 because of backup.generation; served: 1.0'),
    });
  });

  test('calls that travel together, of contracts in both codecs on one subject: each gets its own answer', async () => {
    const binary = client({ batch: true });
    const json = createClient(broker.transport, JsonArchive, { batch: true });
    await Promise.all(numbers.map((value) => binary.echo(value))); // the first time it asks who is there
    await connectionOf(broker.transport).announcements.known({ root: 'rpc', exchange: 'default', topic: 'archive' });
    sent.requests.length = 0;
    expect(await Promise.all(numbers.map((value) => binary.echo([value, AT])))).toEqual(numbers.map((value) => [value, AT]));
    expect(sent.requests.length).toBeLessThan(16);
    const text = AT.toISOString();
    const mixed = numbers.map((value) => (value % 32 < 16 ? binary.echo([value, AT]) : json.echo([value, text])));
    expect(await Promise.all(mixed)).toEqual(numbers.map((value) => [value, value % 32 < 16 ? AT : text]));
    const casts = numbers.map((value) => binary.$cast.note(new Date(value)));
    await Promise.all(casts);
    await client().$to('s').echo(1);
    expect(seen).toEqual(numbers.map((value) => new Date(value)));
  });

  test('a request typed by hand in JSON is served and answered in JSON, as far as JSON carries it', async () => {
    const ask = async (method: string, text: string) =>
      JSON.parse((await request(`rpc.default.archive.any._.1.${method}.0`, Buffer.from(text))).toString());
    expect(await ask('echo', '[5]')).toEqual({ result: 5 });
    expect((await ask('shift', '["2024-01-01"]')).error).toMatchObject({ code: 'invalid_argument' });
  });

  test('what every server answers for Concord itself stays JSON', async () => {
    const reply = await request('rpc.default.archive.to.s._concord.1.describe.0', Buffer.from('[]'.padEnd(1_024)));
    const { result } = JSON.parse(reply.toString());
    expect(result.contract.endpoints['Archive@1'].codec).toBe('msgpack');
    expect(result.contract.endpoints['Plain@1'].codec).toBeUndefined();
  });

  const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');

  test.each<[string, Buffer, string?]>([
    ['an array of 2^32 items', hex('dd ffffffff 90')],
    ['a map of 2^32 entries', hex('df ffffffff a0')],
    ['4 GiB of bytes', hex('91 c6 ffffffff 41')],
    ['200 000 levels', Buffer.alloc(200_000, 0x91)],
    ['200 000 empty maps', Buffer.concat([hex('dd 00030d40'), Buffer.alloc(200_000, 0x80)])],
    ['a megabyte of levels', Buffer.alloc(1_000_000, 0x91), 'payload_too_large'],
    ['a megabyte of empty maps', Buffer.concat([hex('dd 000f4240'), Buffer.alloc(1_000_000, 0x80)]), 'payload_too_large'],
    ['an unknown extension', hex('91 d4 01 00')],
    ['a text that is not UTF-8', hex('91 a2 fffe')],
    ['an integer beyond 2^53', hex('91 cf ffffffffffffffff')],
    ['NaN', hex('91 cb 7ff8000000000000')],
    ['two values', hex('90 90')],
    ['no args', hex('80')],
    ['args of bytes', hex('81 a4 61726773 c4 01 00')],
    ['__proto__', hex('91 81 a9 5f5f70726f746f5f5f 81 a7 697341646d696e c3')],
  ])('%s: refused in MessagePack, and the next call works', async (_name, data, code = 'protocol_error') => {
    const reply = await request('rpc.default.archive.any._.1.echo.0', data);
    expect(reply[0]).toBe(0x81);
    expect(reply.toString('latin1')).toContain(code);
    await expect(client().echo(1)).resolves.toBe(1);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test('a request cut off at any byte is refused', async () => {
    await client().echo({ at: AT, bytes: BYTES, list: [1, 300, 0.5, null] });
    const whole = sent.requests[0]!;
    const cuts = Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length));
    const replies = await Promise.all(cuts.map((cut) => request('rpc.default.archive.any._.1.echo.0', cut)));
    for (const reply of replies) expect(reply.toString('latin1')).toContain('protocol_error');
    await expect(client().echo(1)).resolves.toBe(1);
  });

  test('forged and malformed replies do not reach a call', async () => {
    @Endpoint({ topic: 'victim', codec: 'msgpack' })
    abstract class Victim {
      @RpcMethod() ask(): Promise<string> {
        return remote();
      }
    }
    const forger = await broker.connect();
    const subscription = forger.subscribe('rpc.default.victim.any._.1.ask.0', {
      deliver: ({ reply, data }) => {
        const nonce = Buffer.from(data).toString('latin1', 5, 21); // behind the first key and its length
        const answer = (re: string, value: string) =>
          Buffer.concat([hex('82 a2 7265 b0'), Buffer.from(re), hex('a6 726573756c74'), hex(value)]);
        for (const lie of [
          hex(''),
          hex('90'),
          hex('df ffffffff'),
          hex('c1'),
          answer('x'.repeat(16), 'a1 66'),
          hex('81 a6 726573756c74 00'),
        ])
          forger.publish(reply!, lie);
        forger.publish(reply!, answer(nonce, 'a4 74727565'));
      },
    });
    await forger.flush();
    await expect(createClient(broker.transport, Victim).ask()).resolves.toBe('true');
    await subscription.drain();
  });
});
