/** Writing of JSON messages: the same bytes as JSON.stringify, and contexts as they are when they are sent. */
import fc from 'fast-check';
import type { RequestExtras } from '../ports/codec';
import { jsonCodec } from './json-codec';
import { encodeJson } from './json-values';

const NONCE = '4f9fJ2mB0cQxT7aZ';

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

test('a batch has the bytes of its messages, whatever their texts and sizes', () => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), (texts) => {
      fc.pre(texts.every((text) => Buffer.from(text).toString() === text));
      const replies = texts.map((text) => jsonCodec.encodeResult(text, NONCE));
      const slots = texts.map((_, index) => index);
      expect(Buffer.from(jsonCodec.batchReplies(replies, slots)).toString()).toBe(
        JSON.stringify({ slots, replies: texts.map((result) => ({ re: NONCE, result })) }),
      );
      const requests = texts.map((text) => jsonCodec.requestEncoder('1.3', ['a']).cast(JSON.stringify([text])));
      expect(Buffer.from(jsonCodec.batchRequests(requests, NONCE)).toString()).toBe(
        JSON.stringify({ re: NONCE, calls: texts.map((text) => ({ cast: true, args: [text] })) }),
      );
    }),
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
