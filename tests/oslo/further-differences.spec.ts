/** Differences from oslo.messaging that no observed case shows; docs/OSLO-DIFFERENCES.md, "Further differences". */
import { createClient, Endpoint, MemoryTransport, RpcMethod, remote } from 'concord-rpc';

@Endpoint({ topic: 'agents', name: 'Agents' })
abstract class Agents {
  @RpcMethod({ returns: String })
  ping(): Promise<string> {
    return remote();
  }

  @RpcMethod({ mode: 'cast' })
  sync(): Promise<void> {
    return remote();
  }

  @RpcMethod({ mode: 'fanout' })
  gone(): Promise<void> {
    return remote();
  }
}

const client = () => createClient(new MemoryTransport(), Agents);
const NO_SERVERS = { code: 'no_servers', executed: 'no' };

test('a cast without a server rejects, as a call does; a fanout resolves', async () => {
  await expect(client().$cast.sync()).rejects.toMatchObject(NO_SERVERS);
  await expect(client().ping()).rejects.toMatchObject(NO_SERVERS);
  await expect(client().$fanout.gone()).resolves.toBeUndefined();
});

test('a server is not unset: the client without it is still there', async () => {
  const all = client();
  expect(() => all.$to(null as never)).toThrow('[invalid_target]');
  await expect(all.$to('a').$cast.sync()).rejects.toMatchObject({ executed: 'no' });
});

test('monitor: 0 is refused, and monitor: null turns it off', () => {
  expect(() => client().$with({ monitor: 0 })).toThrow('[invalid_argument]');
  expect(() => client().$with({ monitor: null })).not.toThrow();
});

test.each([
  ['topic', { topic: 'a.b' }],
  ['exchange', { topic: 'a', exchange: 'a.b' }],
  ['namespace', { topic: 'a', namespace: 'a.b' }],
] as const)('a %s with a dot is refused', (_what, options) => {
  @Endpoint({ name: 'Dotted', ...options })
  abstract class Dotted extends Agents {}
  expect(() => createClient(new MemoryTransport(), Dotted)).toThrow('[invalid_target]');
});
