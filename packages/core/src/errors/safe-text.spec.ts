/** Texts that leave a process or reach a log: one line, no control characters, limited length. */
import fc from 'fast-check';
import { quote } from './quote';
import { safeData, safeLines, safeText } from './safe-text';

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not occur
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u;

test.each([
  ['ESC', '\u001b[31mred', '\\u001b[31mred'],
  ['line breaks', 'a\r\nb', 'a\\r\\nb'],
  ['a C1 control', 'a\u009bb', 'a\\u009bb'],
  ['bidirectional controls', 'a\u202eb\u2066c\u200f', 'a\\u202eb\\u2066c\\u200f'],
  ['separators', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ['half a surrogate pair', 'a\ud800', 'a\\ud800'],
  ['a tag character', 'a\u{e0041}', 'a\\u{e0041}'],
  ['other letters', 'Łódź 🦉 שלום', 'Łódź 🦉 שלום'],
])('%s', (_what, text, safe) => {
  expect(safeText(text)).toBe(safe);
});

test('a long text is cut between characters', () => {
  expect(safeText('x'.repeat(900_000))).toBe(`${'x'.repeat(1_024)}…`);
  expect(safeText(`${'x'.repeat(9)}🦉`, 10)).toBe(`${'x'.repeat(9)}…`);
});

test('any text is made safe; made safe again, it stays the same', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  );
  fc.assert(
    fc.property(text, (given) => {
      const safe = safeText(given);
      expect(safe).not.toMatch(UNSAFE);
      expect(safeText(safe)).toBe(safe);
      expect(quote(given)).not.toMatch(UNSAFE);
      expect(safeLines(given).replace(/[\n\t\ufeff]/g, '')).not.toMatch(UNSAFE);
    }),
  );
});

test('data are cut in length, depth and number, and keep their form', () => {
  const deep = JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`);
  expect(JSON.stringify(safeData(deep)).length).toBeLessThan(20);
  expect(safeData({ a: ['\u001b', { b: 'x'.repeat(5_000) }], n: 1, z: null })).toEqual({
    a: ['\\u001b', { b: `${'x'.repeat(1_024)}…` }],
    n: 1,
    z: null,
  });
  expect((safeData(Array(100_000).fill(1)) as unknown[]).length).toBe(4_096);
  const many = safeData({ violations: Array(5_000).fill({ path: 'a', message: 'm' }) }) as { violations: object[] };
  expect(many.violations.length).toBeGreaterThan(1_000);
  for (const violation of many.violations) expect(violation).toEqual({ path: 'a', message: 'm' });
  const hostile = safeData(JSON.parse('{"__proto__":{"isAdmin":true}}')) as object;
  expect(Object.getPrototypeOf(hostile)).toBe(Object.prototype);
});
