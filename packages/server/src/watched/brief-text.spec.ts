/** Arguments as text: JSON if they fit, cut if not, and read only as far as they are shown. */
import { briefText } from './brief-text';

test.each<[string, unknown, string]>([
  ['a text', 'a"b', '"a\\"b"'],
  ['numbers and null', [1, 2.5, null, true], '[1,2.5,null,true]'],
  ['nothing in a list', [undefined], '[null]'],
  ['an object', { a: 1, b: undefined, c: { d: [] } }, '{"a":1,"c":{"d":[]}}'],
  ['no members', {}, '{}'],
  ['bytes', { key: Buffer.alloc(5) }, '{"key":"5 bytes"}'],
  ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
])('%s', (_what, value, text) => {
  expect(briefText(value, 100)).toBe(text);
});

test.each<[string, unknown]>([
  ['a long text', 'x'.repeat(10_000_000)],
  ['a long list', new Array(10_000_000).fill(7)],
  ['a long name', { ['x'.repeat(1_000_000)]: 1 }],
  ['characters that JSON escapes', '\u0001'.repeat(1_000_000)],
  ['many levels', JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`)],
])('%s is cut', (_what, value) => {
  const text = briefText(value, 50);
  expect(text).toHaveLength(51);
  expect(text.endsWith('…')).toBe(true);
});

test('what is not shown is not read', () => {
  let read = 0;
  const item = () => {
    read++;
    return 'xxxxxxxxxx';
  };
  const members = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`m${index}`, 0]));
  for (const name of Object.keys(members)) Object.defineProperty(members, name, { get: item, enumerable: true });
  briefText(members, 50);
  expect(read).toBeLessThan(12);
});
