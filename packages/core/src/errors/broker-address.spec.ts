/** Addresses of brokers: hosts are shown, credentials never. */
import fc from 'fast-check';
import { withoutCredentials } from './broker-address';

test.each([
  ['nats://127.0.0.1:4222', 'nats://127.0.0.1:4222'],
  ['broker.example:4222', 'broker.example:4222'],
  ['nats://[::1]:4222', 'nats://[::1]:4222'],
  ['nats://a:4222,nats://b:4222', 'nats://a:4222, nats://b:4222'],
  ['a:4222, b:4222', 'a:4222, b:4222'],
  ['nats://user:secret@host', 'nats://host'],
  ['nats://secret@host:4222', 'nats://host:4222'],
  ['user:secret@host', 'host'],
  ['nats://user:se/cr/et@host', 'nats://host'],
  ['nats://user:se@cret@host', 'nats://host'],
  ['nats://u:secret@a,nats://u:sec/ret@b', 'nats://a, nats://b'],
  ['nats://u:secret@a nats://u:secret@b', 'nats://a, nats://b'],
  ['u:secret@a,u:secret@b', 'b'],
  ['nats://host?token=secret', 'nats://host'],
  ['nats://host:4222/?user=u&password=secret', 'nats://host:4222'],
  ['nats://host#secret', 'nats://host'],
  ['nats://host?token=se@cret', '(address with credentials)'],
  ['nats://u:1?secret@host', '(address with credentials)'],
  ['nats://u:secret://x@host', 'nats://host'],
  ['nats://user:secret', '(address with credentials)'],
  ['https://user:secret', '(address with credentials)'],
  ['TLS://u:secret@host', 'TLS://host'],
  ['nats://u:\u001bsecret\r\n@host', 'nats://host'],
])('%j is shown as %s', (given, shown) => {
  expect(withoutCredentials(given)).toBe(shown);
});

test('no URL of any form shows its password', () => {
  const letters = fc.constantFrom(...'/@:?#,; %&=.[]\\<>\u001b\n', 'ab', 'nats');
  const password = fc.array(letters, { maxLength: 6 }).map((parts) => `HUNTER${parts.join('')}TWO`);
  const scheme = fc.constantFrom('nats://', 'tls://', 'ws://', 'wss://', 'NATS://', '');
  const form = fc.constantFrom(
    (start: string, secret: string) => `${start}user:${secret}@host:4222`,
    (start: string, secret: string) => `${start}${secret}@host`,
    (start: string, secret: string) => `${start}host:4222?token=${secret}`,
    (start: string, secret: string) => `${start}host/?user=a&password=${secret}`,
    (start: string, secret: string) => `${start}host#${secret}`,
    (start: string, secret: string) => `${start}user:${secret}@one,${start}user:${secret}@two`,
    (start: string, secret: string) => `nats://three, ${start}user:${secret}@one`,
  );
  fc.assert(
    fc.property(scheme, password, form, (start, secret, write) => {
      expect(withoutCredentials(write(start, secret))).not.toMatch(/HUNTER|TWO/);
    }),
    { numRuns: 2_000 },
  );
});
