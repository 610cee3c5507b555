/** Reading of JSON messages against a plain model: what is refused, for which reason, and what is read. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { protocolError } from '../errors/protocol-error';
import { isRpcError } from '../errors/rpc-error';
import { jsonCodec } from './json-codec';
import { DEEPEST, ENVELOPE_LEVELS } from './json-values';
import { readReplies, readRequests } from './read-envelope';

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
        const read = decode === jsonCodec.decodeReply ? readReplies : readRequests;
        expect(isDeepStrictEqual(decode(data), read(parsed, true))).toBe(true); // a key can be named constructor
      }
    }),
    { numRuns: 2_500 },
  );
  for (const outcome of [...REASONS, 'read']) expect([outcome, counts.get(outcome)! > 40]).toEqual([outcome, true]);
});

test.each<[string, string[]]>([
  ['nonce', ['', 'x'.repeat(64), 'x'.repeat(65), '\\u0041', 'ä', '"', '\t', '\\']],
  ['ttl', ['0', '-1', '-0', '05', '1.5', '1e3', '9'.repeat(15), '9'.repeat(16), '"5"', ' 5', '']],
  ['contract', ['01.3', '1.03', '1', '1.3.4', '.3', '1.', '999999999.0', '9999999999.0', '1.3\\n', '1.3 ']],
  ['args', ['{}', '{"0":1}', '5', 'null', '"[]"', ' []', '[] ', '[1,]', '[],"args":[2]', '[]]', '']],
  ['end', [' }', '} ', '}\n', ',"id":"i"}', ',"id":5}', ',"server":"s"}', ',"error":1}', ']', '}}', '']],
])('whatever the %s of a message is, it is read as if it did not begin as a plain one', (part, texts) => {
  for (const varied of texts) {
    const parts: Record<string, string> = { nonce: 'n', ttl: '5', contract: '1.3', args: '[1]', end: '}' };
    parts[part] = varied;
    const { nonce, ttl, contract, args, end } = parts;
    const request = `{"re":"${nonce}","ttl":${ttl},"contract":"${contract}","args":${args}${end}`;
    const cast = `{"cast":true,"args":${args}${end}`;
    const reply = `{"re":"${nonce}","result":${args}${end}`;
    for (const [text, decode, read] of [
      [request, jsonCodec.decodeRequest, readRequests],
      [cast, jsonCodec.decodeRequest, readRequests],
      [reply, jsonCodec.decodeReply, readReplies],
    ] as const) {
      const plainly = () => {
        try {
          return read(JSON.parse(text), true);
        } catch (thrown) {
          throw isRpcError(thrown) ? thrown : protocolError(`${text === reply ? 'reply' : 'request'} is not JSON`);
        }
      };
      const refusal = refusalOf(() => decode(Buffer.from(text)));
      expect([text, refusal]).toEqual([text, refusalOf(plainly)]);
      if (refusal === undefined) expect([text, decode(Buffer.from(text))]).toStrictEqual([text, plainly()]);
    }
  }
});
