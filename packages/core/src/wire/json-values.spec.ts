/** Depth and keys of JSON text, against slow models. */
import fc from 'fast-check';
import { DEEPEST, ENVELOPE_LEVELS, encodeJson, findHarm, findUncarriable, isTooDeep, mayHaveHarm } from './json-values';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '[[[[',
    '"',
    '\\',
    '\\"',
    '{"a":[',
    ']'.repeat(100),
    '['.repeat(200),
    `${'x'.repeat(63)}\\`,
    `${'x'.repeat(200)}\\\\"[[`,
  ),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'large' },
    text,
    fc.integer(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
})).value;

test('depth is that of the parsed value, whatever its strings hold', () => {
  fc.assert(
    fc.property(value, fc.integer({ min: 0, max: 80 }), (inner, levels) => {
      let nested = inner;
      for (let level = 0; level < levels; level++) nested = level % 2 ? [nested] : { '"[': nested };
      expect(isTooDeep(Buffer.from(JSON.stringify(nested)))).toBe(depthOf(nested) > DEEPEST + ENVELOPE_LEVELS);
    }),
    { numRuns: 1_000 },
  );
});

test('broken text is read to its end and no further', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (data) => expect(typeof isTooDeep(data)).toBe('boolean')));
  expect(isTooDeep(Buffer.from(`"${'['.repeat(1_000)}`))).toBe(false);
  expect(isTooDeep(Buffer.from('['.repeat(1_000)))).toBe(true);
});

test('what is carried comes back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (carried) => {
      if (findUncarriable(carried, 'v') !== undefined) return;
      expect(JSON.parse(encodeJson(carried, 'v', 'request'))).toEqual(JSON.parse(JSON.stringify(carried)));
    }),
  );
});

const KEY = 'a key that would reach a prototype';
const NUMBER = 'a number beyond the range of a double';
test.each([
  ['{"__proto__":1}', KEY],
  ['{"a":[{"__pro\\u0074o__":1}]}', KEY],
  ['{"constructor":{"prototype":1}}', KEY],
  ['{"constructor":1,"prototype":2}', undefined],
  ['{"text":"__proto__ and \\u0041"}', undefined],
  ['{"result":1e999}', NUMBER],
  ['[[-1E+400]]', NUMBER],
  ['1.5e00400', NUMBER],
  [`${'9'.repeat(250)}e99`, NUMBER],
  [`{"result":[1,${'9'.repeat(309)}]}`, NUMBER],
  ['{"id":"16e100","big":1e300,"tiny":1e-999}', undefined],
  [`"${'9'.repeat(400)}"`, undefined],
])('%s has %s', (json, expected) => {
  expect(mayHaveHarm(json) ? findHarm(JSON.parse(json)) : undefined).toBe(expected);
});

test('no number is read as infinity without being found, wherever it stands', () => {
  const digits = fc.string({ unit: fc.constantFrom('0', '1', '9'), maxLength: 320 });
  const exponent = fc.constantFrom('', 'e9', 'e99', 'e+99', 'e308', 'E309', 'e-5', 'e999');
  fc.assert(
    fc.property(fc.string({ maxLength: 120 }), digits, digits, exponent, (before, whole, fraction, power) => {
      const json = `[${JSON.stringify(before)},1${whole}.0${fraction}${power}]`;
      const parsed: [string, number] = JSON.parse(json);
      expect(mayHaveHarm(json) && findHarm(parsed) !== undefined).toBe(!Number.isFinite(parsed[1]));
    }),
    { numRuns: 2_000 },
  );
});

test.each<[string, unknown, string]>([
  ['a Date', { at: [new Date(0)] }, 'v.at[0] is a Date'],
  ['an invalid Date', new Date(Number.NaN), 'v is a Date'],
  ['a Date that toJSON returns', { toJSON: () => ({ at: new Date(0) }) }, 'v.at is a Date'],
  ['a prototype key with text', JSON.parse('{"__proto__":"x"}'), 'v.__proto__ would reach a prototype'],
])('%s is not carried', (_what, given, why) => {
  expect(findUncarriable(given, 'v')).toContain(why);
});
