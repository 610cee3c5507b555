/** Subjects of methods are written and read back, and other subjects are not taken for them. */
import fc from 'fast-check';
import { allPrefix, anyPrefix, atMinor, methodPatterns, methodSubject, minorIn, parseSubject, serverPrefix } from './subjects';

const ADDRESS = { root: 'rpc', exchange: 'fleet', topic: 'ports' };
const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
const server = fc.stringMatching(/^[A-Za-z0-9_-]{1,5}(\.[A-Za-z0-9_-]{1,5})?$/);
const version = fc.nat(2 ** 31 - 1);
const prefix = fc.oneof(
  fc.constant({ delivery: 'any', prefix: anyPrefix(ADDRESS) }),
  fc.constant({ delivery: 'all', prefix: allPrefix(ADDRESS) }),
  server.map((name) => ({ delivery: 'to', server: name, prefix: serverPrefix(ADDRESS, name) })),
);

test('what was written is read back, at every minor', () => {
  fc.assert(
    fc.property(prefix, fc.option(token), version, token, version, version, (to, namespace, major, method, minor, other) => {
      fc.pre(namespace !== '_');
      const subject = methodSubject(to.prefix, { namespace, major, method, minor });
      const { prefix: _, ...where } = to;
      expect(parseSubject(subject)).toEqual({ ...where, namespace, major: String(major), method, minor: String(minor) });
      expect(minorIn(subject)).toBe(minor);
      expect(atMinor(subject, other)).toBe(methodSubject(to.prefix, { namespace, major, method, minor: other }));
    }),
  );
});

test.each([
  ['rpc.fleet.ports.any._.1.list', 'no minor'],
  ['rpc.fleet.ports.any._.1.list.12', 'two digits in a token'],
  ['rpc.fleet.ports.any._.1.list.x', 'no digit'],
  ['rpc.fleet.ports.any._.1.2.list', 'the minor before the method'],
  ['rpc.fleet.ports.to.s._.1.list', 'no minor'],
  ['rpc.fleet.ports.some._.1.list.1', 'an unknown delivery'],
  ['rpc.fleet.ports', 'no delivery'],
  ['', 'nothing'],
])('%p is not the subject of a method: %s', (subject) => {
  expect(parseSubject(subject)).toBeUndefined();
});

test('a subscription states the method, or every method, at a range of minors', () => {
  const to = serverPrefix(ADDRESS, 'node-1.example');
  expect(methodPatterns(to, { namespace: null, major: 1, method: '*', minors: [0, 10] })).toEqual([
    'rpc.fleet.ports.to.node-1_dexample._.1.*.*',
    'rpc.fleet.ports.to.node-1_dexample._.1.*.1.0',
  ]);
  expect(methodPatterns(anyPrefix(ADDRESS), { namespace: 'dhcp', major: 2, method: 'list', minors: [3, 4] })).toEqual([
    'rpc.fleet.ports.any.dhcp.2.list.3',
    'rpc.fleet.ports.any.dhcp.2.list.4',
  ]);
});

test.each(['a b', 'a\r\nPUB x 0', 'a.>', ''])('a method %j makes no subject', (method) => {
  expect(() => methodSubject(anyPrefix(ADDRESS), { namespace: null, major: 1, method, minor: 0 })).toThrow(
    /cannot send to subject/,
  );
});
