/** Signs that are read as they were written, signs that are dropped, and claims that find every other boot id. */
import { claimPatterns, claimSubject, encodeSign, everySign, exactSubject, readSign, signSubject } from './presence';

const ADDRESS = { root: 'rpc', exchange: 'e', topic: 't' };
const announcement = {
  server: 'node_1.example',
  boot: 'b00t',
  interval: 30_000,
  labels: { zone: 'a' },
  endpoints: [{ name: 'A', version: '1.4', namespaces: [null, 'n'], hash: '0f' }],
};
const subject = signSubject(ADDRESS, announcement.server);

test('a sign is read as it was written', () => {
  expect(subject).toBe('rpc.e.t.here.node__1_dexample');
  expect(everySign(ADDRESS)).toBe('rpc.e.t.here.*');
  for (const sign of [{ occasion: 'alive', announcement } as const, { occasion: 'hello', announcement, heardBy: 2 } as const])
    expect(readSign(subject, encodeSign(sign))).toEqual(sign);
});

const args = (...all: unknown[]) => JSON.stringify({ cast: true, args: all });
test.each([
  ['the subject of another server', 'rpc.e.t.here.other', args('alive', announcement)],
  ['another occasion', subject, args('died', announcement)],
  ['no announcement', subject, args('alive')],
  ['no boot id', subject, args('alive', { ...announcement, boot: undefined })],
  ['a boot id that is not a token', subject, args('alive', { ...announcement, boot: 'a.b' })],
  ['an interval of 0', subject, args('alive', { ...announcement, interval: 0 })],
  ['labels that are not texts', subject, args('alive', { ...announcement, labels: { zone: 1 } })],
  [
    'too many labels',
    subject,
    args('alive', { ...announcement, labels: Object.fromEntries([...Array(33).keys()].map((key) => [key, ''])) }),
  ],
  [
    'a version that is none',
    subject,
    args('alive', { ...announcement, endpoints: [{ name: 'A', version: '1', namespaces: [] }] }),
  ],
  ['a prototype key', subject, '{"cast":true,"args":["alive",{"__proto__":{}}]}'],
  ['too much nesting', subject, `{"cast":true,"args":${'['.repeat(100)}${']'.repeat(100)}}`],
  ['text that is not JSON', subject, '{'],
  ['nothing', subject, ''],
])('a sign with %s is dropped', (_what, on, text) => {
  expect(readSign(on, Buffer.from(text))).toBeUndefined();
});

test.each([
  ['abcdefghijklmnop', 'abcdefghijklmnoq'],
  ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb'],
  ['bb', 'cb'],
])('the claims of %s and %s find each other, and not themselves', (one, other) => {
  const finds = (patterns: string[], boot: string) =>
    patterns.some((pattern) =>
      new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[01]')}$`).test(claimSubject(ADDRESS, 's', boot)),
    );
  for (const [own, another] of [
    [one, other],
    [other, one],
  ] as const) {
    const patterns = claimPatterns(ADDRESS, 's', own);
    expect(patterns).toHaveLength(16);
    expect(finds(patterns, another)).toBe(true);
    expect(finds(patterns, own)).toBe(false);
  }
});

test.each([
  [null, 0, 'rpc.e.t.at._.1.0'],
  ['n', 7, 'rpc.e.t.at.n.1.7'],
  ['n', 40, 'rpc.e.t.at.n.1.4.0'],
  ['n', 137, 'rpc.e.t.at.n.1.1.3.7'],
])('namespace %p at 1.%d is asked on %s', (namespace, minor, expected) => {
  expect(exactSubject(ADDRESS, { namespace, major: 1, minor })).toBe(expected);
});
