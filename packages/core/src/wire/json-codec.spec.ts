/** The JSON codec against plain models: the messages that it refuses, and the bytes that it writes. */
import fc from 'fast-check';
import { isRpcError } from '../errors/rpc-error';
import type { RequestExtras } from '../ports/codec';
import { jsonCodec } from './json-codec';
import { DEEPEST, ENVELOPE_LEVELS, encodeJson } from './json-values';

const NONCE = '4f9fJ2mB0cQxT7aZ';

/** Names that reach a prototype, parts of them, and others like them. */
const name = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'proto',
  '__proto',
  'a',
  'é',
  '7e123',
  '\u001f',
  '{[',
  'x'.repeat(90),
);
/** A text as JSON, with some of its characters escaped although they need not be. */
const quoted = (content: fc.Arbitrary<string>) =>
  fc.tuple(content, fc.infiniteStream(fc.constantFrom(0, 0, 0, 1, 2))).map(([text, escapes]) => {
    const written = [...text].map((character) => {
      const how = escapes.next().value;
      const code = character.codePointAt(0)!.toString(16).padStart(4, '0');
      if (how === 0 || code.length > 4) return JSON.stringify(character).slice(1, -1);
      return `\\u${how === 1 ? code : code.toUpperCase()}`;
    });
    return `"${written.join('')}"`;
  });
const digits = fc
  .constantFrom(1, 3, 99, 100, 101, 150, 199, 200, 201, 209, 211, 308, 309, 310, 500)
  .map((count) => '7'.repeat(count));
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits,
    fc.option(digits, { nil: '' }),
    fc.constantFrom('', 'e9', 'E99', 'e+99', 'e-999', 'e308', 'E+309', 'e00400', 'e1000'),
  )
  .map(([sign, whole, fraction, exponent]) => `${sign}${whole}${fraction && `.${fraction}`}${exponent}`);
const space = fc.constantFrom('', '', '', ' ', '\n', '\t\r ');
/** JSON texts of values. Objects may have a name twice. */
const valueText = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      '1',
      '1.5e3',
      '0',
      'true',
      'null',
      '"\\ud800"',
      '"\\udc00\\ud800"',
      '"\\\\u0070roto"',
      '{"__pr\\u006fto__":1}',
      '{"__\\u0070roto__":1}',
      '{"\\u0063onstructor":{"pr\\u006ftotype":1}}',
      `"${'[{'.repeat(70)}"`,
    ),
    number,
    quoted(fc.oneof(fc.string({ unit: 'binary' }), name, fc.uuid(), number)),
    fc.tuple(space, fc.array(tie('value'), { maxLength: 4 })).map(([gap, items]) => `[${gap}${items.join(`${gap},`)}${gap}]`),
    fc
      .tuple(space, fc.array(fc.tuple(quoted(name), tie('value')), { maxLength: 3 }))
      .map(([gap, entries]) => `{${entries.map(([key, part]) => `${gap}${key}${gap}:${part}`).join(`${gap},`)}${gap}}`),
  ),
})).value;
/** A value within 0 to 80 arrays and objects. */
const nestedText = fc
  .tuple(valueText, fc.oneof(fc.constant(0), fc.integer({ min: 55, max: 80 })), fc.constantFrom('[]', '{"k":}', '{"re": }'))
  .map(([inner, levels, [...around]]) => {
    const closing = around.pop()!;
    return around.join('').repeat(levels) + inner + closing.repeat(levels);
  });
const message = fc.tuple(nestedText, fc.constantFrom('request', 'reply', 'short', 'bare', 'later')).map(([value, form]) => {
  if (form === 'request') return `{"re":"${NONCE}","ttl":5000,"contract":"1.3","args":[${value}]}`;
  if (form === 'reply') return `{"re":"${NONCE}","result":${value}}`;
  if (form === 'short') return `[${value}]`;
  return form === 'later' ? `{"args":[],"result":1,"args":[${value}],"result":${value}}` : value;
});
/** Bytes that are not UTF-8, and some that are, put over others, or between them, or after a cut. */
const damage = fc.constantFrom<number[]>(
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xe2, 0x82],
  [0xf4, 0x90, 0x80, 0x80],
  [0xef, 0xbf, 0xbd],
);
const other = fc.oneof(damage, fc.constantFrom<number[]>([0x5b], [0x7b], [0x22], [0x5c], [0x2c], [0xef, 0xbb, 0xbf], []));
const bytes = fc
  .tuple(
    message,
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), other, fc.integer({ min: -1, max: 2 })), { maxLength: 2 }),
  )
  .map(([text, changes]) => {
    let data = Buffer.from(text);
    for (const [place, put, over] of changes) {
      const at = Math.floor(place * data.length);
      data = Buffer.concat([data.subarray(0, at), Buffer.from(put), over < 0 ? Buffer.of() : data.subarray(at + over)]);
    }
    return data;
  });

/** Returns every reason to refuse a message, one test after another. */
function reasons(data: Buffer): string[] {
  const found: string[] = [];
  const text = data.toString();
  if (!Buffer.from(text).equals(data)) found.push('is not UTF-8');
  const brackets = text.replaceAll(/"(?:[^"\\]|\\(?:.|$))*(?:"|$)/gs, '').replaceAll(/[^[\]{}]/g, '');
  let depth = 0;
  for (const bracket of brackets) {
    depth += '[{'.includes(bracket) ? 1 : -1;
    if (depth === DEEPEST + ENVELOPE_LEVELS + 1) found.push('is nested too deep');
  }
  try {
    // a reviver sees every key and number
    JSON.parse(text, function (this: object, key: string, value: unknown) {
      if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
        found.push('has a number beyond the range of a double');
      const isHolder = key === 'constructor' && typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
      if (key === '__proto__' || isHolder) found.push('has a key that would reach a prototype');
      return value;
    });
  } catch {
    found.push('is not JSON');
  }
  return found;
}

const REASONS = [
  'is not UTF-8',
  'is nested too deep',
  'is not JSON',
  'has a number beyond the range of a double',
  'has a key that would reach a prototype',
];

/** Returns the reason of a refusal, if the codec refused the message; undefined for reasons that the envelope has. */
function refusalOf(decode: () => { refusal?: { message: string } | undefined; error?: { message: string } | undefined }) {
  try {
    const { refusal, error } = decode();
    return (refusal ?? error)?.message;
  } catch (thrown) {
    return isRpcError(thrown) && thrown.code === 'protocol_error' ? thrown.message : `threw ${thrown}`;
  }
}

test('a message is refused if and only if a plain model finds a reason, and with that reason', () => {
  const counts = new Map<string, number>();
  fc.assert(
    fc.property(bytes, (data) => {
      const found = reasons(data);
      for (const decode of [jsonCodec.decodeRequest, jsonCodec.decodeReply]) {
        const refusal = refusalOf(() => decode(data));
        if (found.length > 0) expect(refusal).toBeDefined();
        const reason = REASONS.find((each) => refusal?.endsWith(` ${each}`));
        if (reason !== undefined) expect(found).toContain(reason);
        const outcome = reason ?? (refusal === undefined ? 'read' : 'other');
        counts.set(outcome, 1 + (counts.get(outcome) ?? 0));
        if (refusal !== undefined) continue;
        const parsed = JSON.parse(data.toString());
        if (decode === jsonCodec.decodeReply) expect(decode(data)).toMatchObject({ nonce: parsed.re, result: parsed.result });
        else expect(jsonCodec.decodeRequest(data).args).toEqual(Array.isArray(parsed) ? parsed : parsed.args);
      }
    }),
    { numRuns: 2_500 },
  );
  for (const outcome of [...REASONS, 'read']) expect([outcome, counts.get(outcome)! > 40]).toEqual([outcome, true]);
});

const long = fc
  .tuple(fc.constantFrom(4_000, 4_095, 4_096, 4_097, 50_000), fc.constantFrom('x', 'é', '€', '😀'))
  .map(([size, part]) => part.repeat(size / part.length));
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme-ascii' }),
  long,
  fc.constantFrom('"', '\\', '\u001f', '\u007f\u2028', '\ud83d\ude00'),
);

test('messages have the bytes that JSON.stringify gives, whatever their texts and sizes', () => {
  const encoder = jsonCodec.requestEncoder('1.3', ['a', 'b']);
  fc.assert(
    fc.property(anyText, fc.oneof(anyText, fc.jsonValue()), (first, second) => {
      fc.pre(JSON.stringify([first, second]).search(/\\ud|__proto__|constructor|toJSON/) < 0);
      const request = encoder.call(encoder.args([first, second]), NONCE, 5_000);
      expect(Buffer.from(request).toString()).toBe(
        JSON.stringify({ re: NONCE, ttl: 5_000, contract: '1.3', args: [first, second] }),
      );
      const reply = jsonCodec.encodeResult(second, first.slice(0, 64), 's');
      expect(Buffer.from(reply).toString()).toBe(JSON.stringify({ re: first.slice(0, 64), server: 's', result: second }));
    }),
    { numRuns: 500 },
  );
});

test('half a surrogate pair is refused, alone and in objects', () => {
  const text = fc
    .array(fc.constantFrom('a', '"', '\n', '\ud800', '\udc00', '😀'), { maxLength: 6 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (given) => {
      for (const value of [given, [given], { [given]: 1 }]) {
        const encode = () => encodeJson(value, 'v', 'request');
        if (Buffer.from(given).toString() === given) expect(encode()).toBe(JSON.stringify(value));
        else expect(encode).toThrow('v has a string with half a surrogate pair');
      }
    }),
  );
});

test('a context is sent as it is at the time of the call, and in one text with the other keys', () => {
  const encoder = jsonCodec.requestEncoder('1.3', []);
  const sent = (extras: RequestExtras) => JSON.parse(Buffer.from(encoder.cast('[]', extras)).toString());
  const nested = { roles: ['reader'] };
  const frozen = Object.freeze({ nested });
  const contexts = [...Array(40).keys()].map((index) => Object.freeze({ tenant: `t${index}`, none: undefined, nothing: null }));
  const mutable = { tenant: 'a' };
  for (let round = 0; round < 3; round++) {
    for (const role of ['writer', 'admin']) {
      nested.roles.push(role);
      mutable.tenant += role;
      expect(sent({ context: frozen }).context).toEqual(frozen);
      expect(sent({ context: mutable }).context).toEqual(mutable);
    }
    for (const context of round === 0 ? contexts : [...contexts.slice(-10), ...contexts]) {
      expect(sent({ context })).toEqual({ cast: true, context: { tenant: context.tenant, nothing: null }, args: [] });
      expect(sent({ accept: true, context, monitor: 5 })).toMatchObject({
        accept: true,
        monitor: 5,
        context: { tenant: context.tenant },
      });
    }
  }
  const faulty = Object.freeze({ load: Number.NaN });
  for (let round = 0; round < 2; round++)
    expect(() => sent({ context: faulty })).toThrow('context.context.load is NaN, which cannot be sent as JSON');
});
