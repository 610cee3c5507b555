/** Names that go into subjects: an allow-list, checked before anything is joined. */

import fc from 'fast-check';
import { decodeServerName, encodeServerName } from '../subjects/server-token';
import { methodSubject, requireRoot } from '../subjects/subjects';
import { requireNamespace, requireServerName, requireToken } from './target';

const HOSTILE: unknown[] = [
  '*',
  '>',
  'a.*',
  'a.>',
  'a b',
  'a\tb',
  'x\r\nPUB other 0\r\n\r\n',
  '',
  '.',
  'a..b',
  '.a',
  'a.',
  '$SYS',
  '$JS.API',
  'a'.repeat(65),
  'ünï✓',
  'оrders',
  'e\u0301',
  '\ud800',
  'a\0',
  'a\u2028',
  new String('orders'),
  ['orders'],
  { toString: () => 'orders' },
  Symbol('x'),
  1,
  null,
  undefined,
];

test.each(HOSTILE)('%p is refused as a topic', (text) => {
  expect(() => requireToken(text, 'topic')).toThrow(/^\[invalid_target\] topic must be/);
});

test.each(['_', '_INBOX', '_R_', '_concord'])('%p is reserved as a namespace and as a root', (name) => {
  expect(() => requireNamespace(name)).toThrow('reserved');
  expect(() => requireRoot(name)).toThrow('reserved');
});

test.each(HOSTILE)('%p is refused as a server name', (text) => {
  const isLong = typeof text === 'string' && /^a{65}$/.test(text);
  if (isLong) expect(requireServerName(text)).toBe(text);
  else expect(() => requireServerName(text)).toThrow('[invalid_target] server must be');
});

test('the error shows a hostile name on one line, cut', () => {
  expect(() => requireToken(`a\r\n\u202e${'b'.repeat(1_000)}`, 'topic')).toThrow(/got "a\\r\\n\\u202eb+…"$/);
});

test('host names fit into one token, and back', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,10}(\.[A-Za-z0-9_-]{1,10}){0,4}$/);
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(decodeServerName(encodeServerName(a))).toBe(a);
      expect(encodeServerName(a)).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(encodeServerName(a) === encodeServerName(b)).toBe(a === b);
    }),
  );
  expect(encodeServerName('node_1.example')).toBe('node__1_dexample');
});

test('a subject over 512 characters is refused', () => {
  expect(() => methodSubject('x'.repeat(600), { namespace: null, major: 1, minor: 0, method: 'm' })).toThrow('at most 512');
});
