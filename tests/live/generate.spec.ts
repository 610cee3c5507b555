/** `concord generate TARGET --from nats://…`: from the servers of a broker with logins, without a project. */
import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientSource } from '@concord-rpc/evolution';
import { contractOf } from 'concord-rpc';
import { PortsApi as PortsApi15 } from '../../examples/rolling-upgrade/src/release-1.5/ports-api';
import { DhcpPluginApi } from '../fixtures/contracts/dhcp-plugin-api';
import { type LiveFleet, startLiveFleet } from './live-fleet';

let fleet: LiveFleet;
beforeAll(async () => {
  fleet = await startLiveFleet();
});
afterAll(() => fleet.stop());
const generate = (user: string, ...args: string[]) => fleet.run(user, ['generate', ...args]);

test('a client is that of the newest server, and that of its contract', async () => {
  const { code, out, err } = await generate('operator', 'client', '--from', fleet.broker.url, '--endpoint', 'PortsApi@1');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(clientSource(contractOf(PortsApi15), { key: 'PortsApi@1' }));
});

test('the endpoint can be part of the address, and $NATS_URL is the broker of an address without host', async () => {
  const expected = clientSource(contractOf(DhcpPluginApi), { key: 'DhcpPluginApi@1', asOf: '1.2' });
  const key = ['--endpoint', 'DhcpPluginApi@1', '--as-of', '1.2'];
  const [inAddress, withoutHost, former] = await Promise.all([
    generate('operator', 'client', `${fleet.broker.url}/DhcpPluginApi@1`, ...key),
    generate('operator', 'client', '--from', 'nats:', ...key),
    fleet.run('operator', ['contract', 'generate', 'client', '--from', 'nats:', ...key]),
  ]);
  for (const { code, out } of [inAddress, withoutHost, former]) expect({ code, out }).toEqual({ code: 0, out: expected });
});

test('docs and asyncapi are of all that is served, unless an endpoint is named; a file is written', async () => {
  const all = await generate('operator', 'docs', '--from', 'nats:');
  expect(all.out.match(/^# .*/gm)).toEqual(['# DhcpPluginApi@1', '# PortsApi@1']);
  const written = await generate('operator', 'asyncapi', '--from', 'nats:', '--endpoint', 'PortsApi@1', '--output', 'ports.yaml');
  expect(written).toEqual({ code: 0, out: '', err: '' });
  expect(readFileSync(join(fleet.cwd, 'ports.yaml'), 'utf8')).toMatch(/^asyncapi: 3\.1\.0\ninfo:\n {2}title: PortsApi@1\n/);
});

test('a user who may not ask for services names the topic', async () => {
  const args = ['docs', '--from', 'nats:', '--topic', 'neutron/q-plugin'];
  const { code, out } = await generate('client', ...args);
  expect({ code, head: out.split('\n')[0] }).toEqual({ code: 0, head: '# DhcpPluginApi@1' });
});

test.each<[string, string, string[], number, RegExp]>([
  ['an interface that is near another', 'operator', ['--endpoint', 'PortApi@1'], 5, /Did you mean PortsApi\?/],
  ['another major', 'operator', ['--endpoint', 'PortsApi@7'], 5, /these are served: PortsApi@1/],
  [
    'a version that is not there',
    'operator',
    ['--endpoint', 'PortsApi@1', '--as-of', '1.9'],
    2,
    /no version 1\.9; the contract is at 1\.5/,
  ],
  ['a user who may not ask', 'client', ['--endpoint', 'PortsApi@1'], 5, /name the topic: --topic/],
  ['a topic without servers', 'operator', ['--topic', 'empty'], 5, /no server answered/],
])('%s', async (_what, user, args, code, message) => {
  const ended = await generate(user, 'docs', '--from', 'nats:', '--output', 'none.md', ...args);
  expect(ended.err).toMatch(message);
  expect([ended.code, existsSync(join(fleet.cwd, 'none.md'))]).toEqual([code, false]);
});
