/** Starts nats-server with each configuration of docs/guides/deploying.md, and connects to it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { isRpcError, NatsTransport, type NatsTransportOptions } from 'concord-rpc';
import { natsLogins } from '../fixtures/nats-logins';
import { ROOT } from './doc-programs';

const page = readFileSync(join(ROOT, 'docs/guides/deploying.md'), 'utf8');
const blocks = new Map([...page.matchAll(/^```conf (\w+)\n([\s\S]*?)^```/gm)].map(([, name, config]) => [name!, config!]));

let folder: string;
let broker: NatsServer | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-deploying-'));
  natsLogins(folder); // writes the certificate
});
afterEach(() => broker?.stop());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a broker with a block of the page: on free ports, with the files and passwords of this test. */
async function start(name: string): Promise<NatsServer> {
  const config = blocks
    .get(name)!
    .replace(/^( *(?:port|http_port): )\d+/gm, '$1-1')
    .replaceAll('"./server-key.pem"', JSON.stringify(join(folder, 'key.pem')))
    .replaceAll(/"\.\/(?:server|ca)\.pem"/g, JSON.stringify(join(folder, 'cert.pem')));
  const variables = [...config.matchAll(/\$(\w+)/g)].map(([, variable]) => `${variable}: secret-of-tests\n`);
  broker = await startNatsServer({ config: `${variables.join('')}${config}` });
  return broker;
}

async function connect(options: NatsTransportOptions): Promise<void> {
  const transport = await NatsTransport.connect({ servers: broker!.url, ...options });
  await transport.flush();
  await transport.close();
}

const refusal = (options: NatsTransportOptions) =>
  connect(options).then(
    () => 'accepted',
    (thrown) => isRpcError(thrown) && thrown.code,
  );

test('the page has a configuration for each of its parts', () => {
  expect([...blocks.keys()]).toEqual(['one', 'cluster', 'accounts', 'tls']);
});

test.each(['one', 'cluster'])('nats-server runs with the configuration %s', async (name) => {
  await start(name);
  await connect({});
});

test('users of the two accounts log in, and others do not', async () => {
  await start('accounts');
  await connect({ user: 'plugin', pass: 'secret-of-tests' });
  await connect({ user: 'plugin-staging', pass: 'secret-of-tests' });
  expect(await refusal({ user: 'plugin', pass: 'another' })).toBe('permission_denied');
  expect(await refusal({})).toBe('permission_denied');
});

test('clients with a certificate connect over TLS, and others do not', async () => {
  await start('tls');
  const tls = { caFile: join(folder, 'cert.pem'), certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  const servers = broker!.url.replace('nats:', 'tls:');
  await connect({ servers, tls });
  // the broker closes the connection during the handshake, and the client tries until its timeout
  expect(await refusal({ servers, tls: { caFile: tls.caFile }, timeout: 1_000 })).toBe('not_connected');
});
