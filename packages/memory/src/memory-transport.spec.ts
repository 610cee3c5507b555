/** The memory transport against the suite of all transports. */
import type { Transport } from '@concord-rpc/core';
import { transportSuite } from '@concord-rpc/testing';
import { MemoryTransport, matchesSubject } from './memory-transport';

describe('MemoryTransport', () => {
  test.each(transportSuite)('$name', async ({ run }) => {
    const transport: Transport = new MemoryTransport();
    await run(async () => transport);
    await transport.close();
  });

  test.each(['', '.', 'a..b', '.a', 'a.', 'a b', 'a\r\nPUB x 0', 'a.*', 'a.>', 'a\tb'])('refuses to send to %j', (subject) => {
    const transport = new MemoryTransport();
    expect(() => transport.publish(subject, Uint8Array.of(1))).toThrow('[invalid_target]');
  });

  test.each(['a b', '', '_rpc', 'rpc.x', '>'])('refuses the root %j', (root) => {
    expect(() => new MemoryTransport({ root })).toThrow('[invalid_target]');
  });
});

test.each([
  ['a.b', 'a.b', true],
  ['a.b', 'a.c', false],
  ['a.>', 'a', false],
  ['>', 'a', true],
  ['>', 'a.b.c', true],
  ['*', 'a.b', false],
  ['a.*.c', 'a.b.c', true],
  ['a.b.c', 'a.b', false],
])('%s matches %s: %s', (pattern, subject, expected) => {
  expect(matchesSubject(pattern.split('.'), subject.split('.'))).toBe(expected);
});
