/** Depth and keys of JSON text, against slow models. */
import fc from 'fast-check';
import {
  DEEPEST,
  ENVELOPE_LEVELS,
  encodeJson,
  findUncarriable,
  hasPrototypeKey,
  isTooDeep,
  mayHavePrototypeKey,
} from './json-values';

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

test.each([
  ['{"__proto__":1}', true],
  ['{"a":[{"__pro\\u0074o__":1}]}', true],
  ['{"constructor":{"prototype":1}}', true],
  ['{"constructor":1,"prototype":2}', false],
  ['{"text":"__proto__ and \\u0041"}', false],
])('%s has a key that reaches a prototype: %s', (json, expected) => {
  expect(mayHavePrototypeKey(json) && hasPrototypeKey(JSON.parse(json))).toBe(expected);
});
