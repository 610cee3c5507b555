/** MessagePack messages against the library, against malformed bytes, and against values that it cannot carry. */
import { isRpcError, type RpcError } from '@concord-rpc/core';
import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { messagePackCodec as codec } from './message-pack-codec';

const NONCE = '4f9fJ2mB0cQxT7aZ';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const single = fc.oneof(
  text,
  fc.constantFrom('', 'ä€😀', '\ufeffbegins with a byte order mark', '\ufffd', 'x'.repeat(70_000)),
  fc.boolean(),
  fc.constant(null),
  fc.maxSafeInteger(),
  fc.constantFrom(...[7, 8, 15, 16, 31, 32, 53].flatMap((bits) => [2 ** bits - 1, -(2 ** bits) + 1, -(2 ** (bits - 1))])),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
/** Everything that can be carried. */
const carriable = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    single,
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__' && key !== 'constructor'),
      tie('value'),
      { maxKeys: 20, noNullPrototype: true },
    ),
  ),
})).value;

/** The library gives bytes as it likes; here they are Buffers. */
function withBuffers(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(withBuffers);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withBuffers(part)]));
}

function refusalOf(run: () => unknown): RpcError {
  try {
    run();
  } catch (thrown) {
    if (isRpcError(thrown)) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');

test('what is carried comes back as it was, in results and in arguments, and the library reads it', () => {
  const { args, call } = codec.requestEncoder('1.3', ['value', 'again']);
  fc.assert(
    fc.property(carriable, (value) => {
      const reply = codec.encodeResult(value, NONCE);
      expect(codec.decodeReply(reply)).toEqual({ nonce: NONCE, result: value, error: undefined });
      expect(withBuffers(decode(reply))).toEqual({ re: NONCE, result: value });
      const request = call(args([value, value]), NONCE, 5_000);
      expect(codec.decodeRequest(request)).toMatchObject({ args: [value, value], nonce: NONCE, ttl: 5_000, contract: '1.3' });
      expect(withBuffers(decode(request))).toEqual({ re: NONCE, ttl: 5_000, contract: '1.3', args: [value, value] });
    }),
    { numRuns: 100 },
  );
});

test('a long text that begins with a byte order mark keeps it; the reader of the library drops it', () => {
  const marked = `\ufeff${'x'.repeat(300)}`;
  expect(codec.decodeReply(codec.encodeResult(marked, NONCE)).result).toBe(marked);
  expect(decode(encode(marked))).not.toBe(marked); // once it is, the reader could be the library's in this respect
});

test('whatever the library writes is read, also in formats that we do not write', () => {
  fc.assert(
    fc.property(carriable, (value) => {
      expect(codec.decodeReply(encode({ result: value })).result).toEqual(value);
    }),
  );
  expect(codec.decodeReply(encode({ result: [0.5, -2] }, { forceFloat32: true, forceIntegerToFloat: true })).result).toEqual([
    0.5, -2,
  ]);
  expect(codec.decodeReply(hex('81 a6 726573756c74 93 ce00000001 d3ffffffffffffffff db00000001 41')).result).toEqual([
    1,
    -1,
    'A',
  ]);
});

test('random bytes are read as the library reads them, or refused', () => {
  const first = fc.oneof(fc.integer({ min: 0x80, max: 0x9f }), fc.integer({ min: 0xdc, max: 0xdf }));
  const byte = fc.oneof(fc.nat(255), fc.constantFrom(0x81, 0x91, 0xa1, 0x61, 0xc0, 0xc4, 0xd6, 0xff, 0x00));
  let read = 0;
  fc.assert(
    fc.property(first, fc.array(byte, { maxLength: 24 }), (head, rest) => {
      const data = Uint8Array.from([head, ...rest]);
      let value: unknown;
      try {
        value = codec.decodeRequest(data).args;
      } catch (thrown) {
        expect(isRpcError(thrown) && thrown.code).toBe('protocol_error');
        return;
      }
      if (head >= 0x90 && head !== 0xde && head !== 0xdf) {
        read++;
        expect(value).toEqual(withBuffers(decode(data)));
      }
    }),
    { numRuns: 5_000 },
  );
  expect(read).toBeGreaterThan(0);
});

test('a message cut off anywhere, or with anything behind it, is refused', () => {
  const value = { text: 'ä', at: new Date(1.5e12), bytes: Buffer.from('x'), list: [1, -1, 300, 70_000, 5e9, 0.5, null, true] };
  const encoder = codec.requestEncoder('1.3', ['value']);
  const call = encoder.call(encoder.args([value]), NONCE, 5_000, { accept: true });
  const messages = [call, codec.batchRequests([call, call], NONCE), codec.encodeResult(value, NONCE)];
  for (const message of messages) {
    for (let length = 0; length < message.length; length++) {
      expect(refusalOf(() => codec.decodeRequest(message.subarray(0, length))).code).toBe('protocol_error');
      expect(refusalOf(() => codec.decodeReply(message.subarray(0, length)))).toMatchObject({ executed: 'maybe' });
    }
    const longer = Buffer.concat([message, Buffer.of(0)]);
    expect(refusalOf(() => codec.decodeReply(longer)).rawMessage).toBe('reply has 1 bytes after its end');
  }
});

const MANY = 1_000_000;
const HOSTILE: [string, Buffer, string][] = [
  ['nothing', hex(''), 'is not MessagePack: it ends in the middle of a value'],
  ['an array that announces 2^32 items', hex('dd ffffffff 9090909090'), 'is not MessagePack: it ends in the middle of a value'],
  ['a map that announces 2^32 entries', hex('df ffffffff a0 a0 a0 a0'), 'is not MessagePack: it ends in the middle of a value'],
  ['a text that announces 4 GiB', hex('91 db ffffffff 41'), 'is not MessagePack: it ends in the middle of a value'],
  ['bytes that announce 4 GiB', hex('91 c6 ffffffff 41'), 'is not MessagePack: it ends in the middle of a value'],
  ['an extension that announces 4 GiB', hex('91 c9 ffffffff ff'), 'is not MessagePack: it ends in the middle of a value'],
  [
    'announcements in announcements',
    Buffer.concat(Array(60).fill(hex('dd 00000100'))),
    'is not MessagePack: it ends in the middle of a value',
  ],
  ['69 levels', Buffer.concat([Buffer.alloc(69, 0x91), hex('c0')]), 'is nested too deep'],
  ['a megabyte of levels', Buffer.alloc(MANY, 0x91), 'is nested too deep'],
  [
    'a megabyte of empty maps',
    Buffer.concat([hex('dd 000f4240'), Buffer.alloc(MANY, 0x80)]),
    'has more objects and property names than its size allows',
  ],
  [
    'a megabyte of empty arrays',
    Buffer.concat([hex('dd 000f4240'), Buffer.alloc(MANY, 0x90)]),
    'has more objects and property names than its size allows',
  ],
  [
    'a megabyte of empty bytes',
    Buffer.concat([hex('dd 0007a120'), Buffer.alloc(MANY, 'c400', 'hex')]),
    'has more objects and property names than its size allows',
  ],
  ['the byte that is never used', hex('91 c1'), 'is not MessagePack: no value begins with 0xc1'],
  ['an unknown extension', hex('91 d4 01 00'), 'has an extension of type 1 and 1 bytes, which is no timestamp'],
  ['a timestamp of another size', hex('91 d5 ff 0000'), 'has an extension of type -1 and 2 bytes, which is no timestamp'],
  [
    'a timestamp of too many nanoseconds',
    hex('91 d7 ff fffffffc 00000000'),
    'has an extension of type -1 and 8 bytes, which is no timestamp',
  ],
  [
    'a timestamp beyond every Date',
    hex('91 c7 0c ff 00000000 7fffffffffffffff'),
    'has an extension of type -1 and 12 bytes, which is no timestamp',
  ],
  ['an integer beyond 2^53', hex('91 cf 0020000000000000'), 'has an integer beyond 2^53, which a number cannot hold'],
  ['a negative one', hex('91 d3 8000000000000000'), 'has an integer beyond 2^53, which a number cannot hold'],
  ['NaN', hex('91 cb 7ff8000000000000'), 'has the number NaN'],
  ['infinity in four bytes', hex('91 ca 7f800000'), 'has the number Infinity'],
  ['a text that is not UTF-8', hex('91 a2 fffe'), 'has a string that is not UTF-8'],
  ['half a surrogate pair', hex('91 a3 eda080'), 'has a string that is not UTF-8'],
  ['a key that is not UTF-8', hex('81 a1 ff 00'), 'has a string that is not UTF-8'],
  ['a number as a key', hex('81 01 00'), 'has a map with a key that is not a string'],
  ['an array as a key', hex('81 90 00'), 'has a map with a key that is not a string'],
  ['bytes as a key', hex('81 c4 01 61 00'), 'has a map with a key that is not a string'],
  ['a number', hex('05'), 'is 5, not a map or array'],
  ['bytes', hex('c4 01 00'), 'is an object, not a map or array'],
  ['a date', hex('d6 ff 00000000'), 'is an object, not a map or array'],
  ['a value and more', hex('90 90'), 'has 1 bytes after its end'],
];

test.each(HOSTILE)('%s is refused, on both sides', (_name, data, sentence) => {
  expect(refusalOf(() => codec.decodeRequest(data))).toMatchObject({
    code: 'protocol_error',
    executed: 'no',
    rawMessage: `request ${sentence}`,
  });
  expect(refusalOf(() => codec.decodeReply(data)).rawMessage).toBe(`reply ${sentence}`);
});

test.each<[string, object, string]>([
  ['a key __proto__', JSON.parse('[{"__proto__":{"isAdmin":true}}]'), 'request has a key that would reach a prototype'],
  ['constructor.prototype', [[{ constructor: { prototype: { x: 1 } } }]], 'request has a key that would reach a prototype'],
  ['bytes as arguments', Buffer.alloc(100), '"args" of a request must be an array or an object; got an object'],
  ['a date as arguments', new Date(0), '"args" of a request must be an array or an object; got an object'],
])('%s: refused with its nonce, so that its sender does not wait for nothing', (_name, args, sentence) => {
  const [key, ...rest] = [encode('re'), encode(NONCE), encode('args'), rawEncode(args)];
  const { nonce, refusal } = codec.decodeRequest(Buffer.concat([Buffer.of(0x82), key!, ...rest]));
  expect({ nonce, sentence: refusal?.rawMessage }).toEqual({ nonce: NONCE, sentence });
});

/** The library refuses the key `__proto__` only when it reads. */
function rawEncode(value: unknown): Uint8Array {
  return encode(value);
}

test('bytes as context are refused', () => {
  const data = encode({ args: [], context: Buffer.alloc(10) });
  expect(codec.decodeRequest(data).refusal?.rawMessage).toMatch(/^"context" of a request must be an object/);
});

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;
class WithField {
  readonly inner = new Float64Array(1);
}

test.each<[string, unknown, string]>([
  ['a function', { a: () => 1 }, 'result.a is a function'],
  ['a symbol', [Symbol('x')], 'result[0] is a symbol'],
  ['a bigint', 1n, 'result is a bigint'],
  ['NaN', { a: { b: [1, Number.NaN] } }, 'result.a.b[1] is NaN'],
  ['infinity', Number.NEGATIVE_INFINITY, 'result is -Infinity'],
  ['undefined in an array', [1, undefined], 'result[1] is undefined (it would arrive as null)'],
  ['a hole in an array', new Array(1), 'result[0] is undefined (it would arrive as null)'],
  ['a Map', { m: new Map() }, 'result.m is a Map: pass an object, or an array of entries'],
  ['a Set', new Set(), 'result is a Set: pass an array'],
  ['a Promise', [Promise.resolve()], 'result[0] is a Promise: await it first'],
  ['a boxed text', new String('x'), 'result is a String object: pass the text in it'],
  ['an invalid Date', [new Date(Number.NaN)], 'result[0] is an invalid Date'],
  ['an ArrayBuffer', new ArrayBuffer(1), 'result is a ArrayBuffer: pass new Uint8Array of its bytes'],
  ['floats of a class', new WithField(), 'result.inner is a Float64Array: pass new Uint8Array of its bytes'],
  ['an URL', new URL('http://x'), 'result has toJSON(), which only the JSON codec calls: pass its result'],
  ['half a surrogate pair', { a: '\udc00' }, 'result.a is a string with half a surrogate pair'],
  ['half a pair in a key', { '\ud800': 1 }, 'result has a key with half a surrogate pair'],
  ['__proto__', JSON.parse('{"a":{"__proto__":{"x":1}}}'), 'result.a.__proto__ would reach a prototype'],
  ['constructor', [{ constructor: { prototype: {} } }], 'result[0].constructor would reach a prototype'],
  [
    '65 levels',
    Array.from({ length: 64 }).reduce<unknown>((inner) => [inner], []),
    `result${'[0]'.repeat(64)} is nested deeper than 64 levels, or contains itself`,
  ],
  ['a cycle', cyclic, `result${'.self'.repeat(64)} is nested deeper than 64 levels, or contains itself`],
  [
    'a throwing getter',
    {
      get a() {
        throw new Error('x');
      },
    },
    'reading result threw',
  ],
])('%s is not sent', (_name, value, why) => {
  expect(refusalOf(() => codec.encodeResult(value, NONCE))).toMatchObject({
    code: 'unserializable',
    executed: 'yes',
    rawMessage: `${why}, which cannot be sent as MessagePack`,
    data: { where: 'reply' },
  });
});

test('what the other side does not miss is left out or made plain', () => {
  class Point {
    readonly x = 1;
    readonly y = undefined;
  }
  const { result } = codec.decodeReply(codec.encodeResult([new Point(), -0, Object.create(null)], NONCE));
  expect(result).toStrictEqual([{ x: 1 }, 0, {}]);
});

test('bytes that were read do not change with the message', () => {
  const message = codec.encodeResult(Buffer.from('kept'), NONCE);
  const { result } = codec.decodeReply(message);
  message.fill(0);
  expect((result as Buffer).toString()).toBe('kept');
});

test('arguments left out at the end are not sent, a hole makes them a map by index', () => {
  const { args, call, cast } = codec.requestEncoder('1.0', ['a', 'b', 'c']);
  const sent = (given: unknown[]) => codec.decodeRequest(call(args(given), NONCE, 1)).args;
  expect(sent([1, undefined, undefined])).toEqual([1]);
  expect(sent([undefined, null, 3])).toEqual({ 1: null, 2: 3 });
  expect(sent([])).toEqual([]);
  expect(codec.decodeRequest(cast(args([undefined, 2])))).toMatchObject({ args: { 1: 2 }, cast: true });
  expect(refusalOf(() => args([1, undefined, 1n]))).toMatchObject({
    rawMessage: 'c is a bigint, which cannot be sent as MessagePack',
    executed: 'no',
    data: { where: 'request' },
  });
});

test('context holds what JSON makes of it, whatever codec carries it', () => {
  const { args, call } = codec.requestEncoder('1.0', []);
  const context = { tenant: 't', at: new Date(0) };
  const request = codec.decodeRequest(call(args([]), NONCE, 1, { context, monitor: 100, accept: true }));
  expect(request).toMatchObject({ context: { tenant: 't', at: '1970-01-01T00:00:00.000Z' }, monitor: 100, accept: true });
  expect(refusalOf(() => call(args([]), NONCE, 1, { context: { key: Buffer.from('x') } })).code).toBe('unserializable');
});

test('notices and errors', () => {
  const notice = { alive: 2, server: 's', progress: { at: new Date(5), done: Buffer.of(1) } };
  expect(codec.decodeReply(codec.encodeNotice(notice, NONCE))).toEqual({ nonce: NONCE, notice });
  const error = { code: 'internal', message: 'm', executed: 'yes', retryable: false, data: { at: new Date(5) } } as const;
  expect(codec.decodeReply(codec.encodeError(error, undefined))).toMatchObject({ nonce: undefined, error });
});

test.each([1, 15, 16, 256])('%i messages in one', (count) => {
  const encoder = codec.requestEncoder('1.0', ['value']);
  const numbers = Array.from({ length: count }, (_, index) => index);
  const requests = numbers.map((index) => encoder.call(encoder.args([index]), `${index}`, 10));
  const { nonce, calls } = codec.decodeRequest(codec.batchRequests(requests, 'all'));
  expect(nonce).toBe('all');
  expect(calls?.map(({ args }) => args)).toEqual(numbers.map((index) => [index]));
  const { replies } = codec.decodeReply(codec.batchReplies(numbers.map((index) => codec.encodeResult(index, `${index}`))));
  expect(replies?.map(({ result }) => result)).toEqual(numbers);
});
