/** Logging in to NATS: every way that a broker can demand, for NatsTransport and for the command. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '@concord-rpc/cli';
import { writeSnapshot } from '@concord-rpc/evolution';
import { natsLoginOptions } from '@concord-rpc/nats';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { contractOf, NatsTransport } from 'concord-rpc';
import { DhcpPluginApi, dhcpServer } from '../fixtures/contracts/dhcp-plugin-api';
import { failure } from '../fixtures/failure';
import { natsLogins, PASSWORD, TOKEN } from '../fixtures/nats-logins';
import { makeFolder } from './run-concord';

const ENCODED = encodeURIComponent(PASSWORD);
const folder = makeFolder({ 'contract.json': writeSnapshot(contractOf(DhcpPluginApi)) });
const logins = natsLogins(folder.path);
folder.write({
  'ann.creds': logins.credsText,
  'ann.nk': logins.nkeyText,
  'config/nats/context/ann.json': JSON.stringify({ url: 'nats://HOST', user: 'ann', password: PASSWORD }),
  'config/nats/context/wrong.json': JSON.stringify({ user: 'ann', password: 'not-the-password' }),
  'config/nats/context/creds.json': JSON.stringify({ creds: join(folder.path, 'ann.creds') }),
  'config/nats/context/broken.json': `{ "password": "${PASSWORD}"`,
  'config/nats/context/odd.json': JSON.stringify({ nsc: 'nsc://x/../z' }),
  'config/nats/context/named.json': JSON.stringify({ nsc: 'nsc://none/none/none', creds: join(folder.path, 'ann.creds') }),
});
/** A context for the user of an operator, as `nats context add --nsc` writes it. */
const nscContext = (name: string, operator: string, query = '') =>
  folder.write({ [`config/nats/context/${name}.json`]: JSON.stringify({ url: '', nsc: `nsc://${operator}/APP/ann${query}` }) });
/** The credentials where `nsc` writes them, below a folder of keys. */
const stored = (keys: string, operator: string) =>
  folder.write({ [`${keys}/creds/${operator}/APP/ann.creds`]: logins.credsText });
stored('data/nats/nsc/keys', 'lab');
stored('keys', 'other');
stored('home/.nkeys', 'old');
nscContext('nsc', 'lab');
nscContext('nsc-keys', 'other');
nscContext('nsc-keystore', 'other', `?keystore=${join(folder.path, 'keys')}`);
nscContext('nsc-old', 'old');
nscContext('nsc-store', 'other', `?store=${join(folder.path, 'operators')}`);
const brokers = new Map<string, NatsServer>();
const file = (name: string) => join(folder.path, name);
const TLS = { caFile: file('cert.pem'), certFile: file('cert.pem'), keyFile: file('key.pem') };
const OPTIONS = {
  user: { user: 'ann', pass: PASSWORD },
  token: { token: TOKEN },
  creds: natsLoginOptions({ creds: logins.credsText }),
  nkey: natsLoginOptions({ nkey: logins.nkeyText }),
  tls: natsLoginOptions(TLS),
} as const;
type Kind = keyof typeof OPTIONS;
const KINDS = Object.keys(OPTIONS) as Kind[];
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  for (const kind of KINDS) {
    const broker = await startNatsServer({ config: logins[kind] });
    brokers.set(kind, broker);
    const transport = await NatsTransport.connect({ servers: broker.url, ...OPTIONS[kind] });
    const server = dhcpServer(transport);
    await server.start();
    stops.push(async () => {
      await server.stop();
      await transport.close();
      await broker.stop();
    });
  }
});
beforeAll(() => {
  storeOperator('data/nats/nsc/stores', 'lab');
  storeOperator('operators', 'other');
  storeOperator('home/.nsc/nats', 'old');
  folder.write({ 'settings/nsc.json': JSON.stringify({ store_root: file('operators') }) });
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  folder.remove();
});

/** Writes the operator of the broker below a folder of operators, as `nsc` does. */
function storeOperator(stores: string, operator: string): void {
  const claims = { nats: { operator_service_urls: [brokers.get('creds')!.url] } };
  folder.write({
    [`${stores}/${operator}/${operator}.jwt`]: `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`,
  });
}

const hostOf = (kind: Kind) => `127.0.0.1:${brokers.get(kind)!.port}`;

describe.each(['nats', '@nats-io/transport-node'] as const)('NatsTransport over %s', (library) => {
  test.each<[Kind, string, object]>([
    ['user', `nats://ann:${ENCODED}@HOST`, {}],
    ['user', `nats://ann:${PASSWORD.replace('%', '%25')}@HOST`, {}],
    ['user', `ann:${ENCODED}@HOST`, {}],
    ['user', `nats://ann:${ENCODED}@HOST,nats://127.0.0.1:1`, {}],
    ['user', 'nats://ann:wrong@HOST', OPTIONS.user],
    ['token', `nats://${TOKEN}@HOST`, {}],
    ['tls', 'tls://HOST', OPTIONS.tls],
    ['creds', 'nats://HOST', OPTIONS.creds],
    ['nkey', 'HOST', OPTIONS.nkey],
  ])('logs in to a broker of %s with %s', async (kind, url, options) => {
    const transport = await NatsTransport.connect({ library, servers: url.replace('HOST', hostOf(kind)), ...options });
    await transport.flush();
    await transport.close();
  });

  test('is refused with a wrong password in the URL, which no message names', async () => {
    const error = await failure(NatsTransport.connect({ library, servers: `nats://ann:wr0ng@${hostOf('user')}` }));
    expect(error).toMatchObject({ code: 'permission_denied' });
    expect(error.message).not.toContain('wr0ng');
  });
});

test.each([
  'http://u:s3cret@h',
  'nats://u:s3cret@',
  'nats://u:s3cret@h h',
  'nats://u:s3cret@a,nats://v:s3cret@b',
  'nats://u:s3cret@h\r\nPUB x',
])('%j is refused without its credentials', async (servers) => {
  const error: Error = await NatsTransport.connect({ servers }).then(fail, (thrown) => thrown);
  expect(error).toMatchObject({ code: 'invalid_argument' });
  expect(error.message).not.toContain('s3cret');
});

function fail(): never {
  throw new Error('it is to be refused');
}

/** Runs the command in this process. */
async function concord(args: readonly string[], env: Record<string, string> = {}) {
  let [out, err] = ['', ''];
  const io = {
    cwd: folder.path,
    env: { XDG_CONFIG_HOME: file('config'), XDG_DATA_HOME: file('data'), ...env },
    isTerminal: false,
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  const code = await runProgram(['contract', ...args], io);
  return { code, out, err };
}

test.each<[Kind, string, string[], Record<string, string>]>([
  ['user', `nats://ann:${ENCODED}@HOST`, [], {}],
  ['user', `nats://ann:${ENCODED}@HOST/DhcpPluginApi@1`, [], {}],
  ['user', 'nats://HOST', ['--user', 'ann', '--password', PASSWORD], {}],
  ['user', 'nats://HOST', [], { NATS_USER: 'ann', NATS_PASSWORD: PASSWORD }],
  ['user', 'nats://HOST', ['--context', 'ann'], {}],
  ['user', 'nats://HOST', [], { NATS_CONTEXT: 'ann' }],
  ['user', 'nats://HOST', ['--user', 'ann', '--password', PASSWORD], { NATS_CONTEXT: 'wrong' }],
  ['user', 'nats://', [], { NATS_URL: `nats://ann:${ENCODED}@HOST` }],
  ['token', `nats://${TOKEN}@HOST`, [], { NATS_USER: 'other' }],
  ['token', 'nats://HOST', ['--token', TOKEN], {}],
  ['token', 'nats://HOST', [], { NATS_TOKEN: TOKEN }],
  ['creds', 'nats://HOST', ['--creds', 'ann.creds'], {}],
  ['creds', 'nats://HOST', ['--context', 'creds'], {}],
  ['creds', 'nats://HOST', ['--context', 'named'], {}],
  ['creds', 'nats://HOST', ['--context', 'nsc'], { NATS_USER: 'other' }],
  ['creds', 'nats://', ['--context', 'nsc'], {}],
  ['creds', 'nats://HOST', ['--context', 'nsc-keys'], { NKEYS_PATH: 'keys' }],
  ['creds', 'nats://HOST', ['--context', 'nsc-keystore'], {}],
  ['creds', 'nats://', ['--context', 'nsc-old'], { HOME: file('home'), XDG_DATA_HOME: file('none') }],
  ['creds', 'nats://', ['--context', 'nsc-keys'], { NKEYS_PATH: '~/keys', HOME: folder.path, NSC_HOME: file('settings') }],
  ['creds', 'nats://', ['--context', 'nsc-store', '--creds', 'ann.creds'], {}],
  ['user', 'nats://HOST', ['--context', 'nsc-store', '--user', 'ann', '--password', PASSWORD], {}],
  ['creds', 'nats://HOST', [], { NATS_CREDS: '~/ann.creds', HOME: folder.path }],
  ['nkey', 'nats://HOST', ['--nkey', 'ann.nk'], {}],
  ['nkey', 'nats://HOST', [], { NATS_NKEY: file('ann.nk') }],
  ['tls', 'tls://HOST', ['--tlsca', 'cert.pem', '--tlscert', 'cert.pem', '--tlskey', 'key.pem'], {}],
  ['tls', 'nats://HOST', [], { NATS_CA: TLS.caFile, NATS_CERT: TLS.certFile, NATS_KEY: TLS.keyFile }],
])('the command logs in to a broker of %s: %s %j %j', async (kind, url, args, env) => {
  const named = (text: string) => text.replace('HOST', hostOf(kind));
  const variables = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, named(value)]));
  const { code, out, err } = await concord(['diff', named(url), 'contract.json', ...args], variables);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const secret of [PASSWORD, ENCODED, TOKEN]) expect(out).not.toContain(secret);
});

test.each<[string, string[], Record<string, string>, RegExp]>([
  ['no login', [], {}, /refuses these credentials\n {2}log in: --user and --password, --token, --creds FILE/],
  ['a wrong password', ['--user', 'ann', '--password', 'hunter2'], {}, /refuses these credentials/],
  ['a context that does not exist', ['--context', 'none'], {}, /NATS context none does not exist/],
  ['a context outside of its folder', ['--context', '../../x'], {}, /is not the name of a NATS context/],
  ['a context that is no JSON', ['--context', 'broken'], {}, /broken\.json is not a JSON object/],
  [
    'a reference to nsc that leads elsewhere',
    ['--context', 'odd'],
    {},
    /odd logs in as "nsc:\/\/x\/\.\.\/z", which does not have the form/,
  ],
  [
    'a user of nsc without credentials',
    ['--context', 'nsc-keys'],
    {},
    /no credentials of user ann in account APP of operator other: there is no .*data\/nats\/nsc\/keys\/creds\/other\/APP\/ann\.creds\n {2}write them: nsc generate creds --account APP --name ann/,
  ],
  ['a credentials file that does not exist', ['--creds', 'none.creds'], {}, /none\.creds does not exist/],
  ['an nkey that is none', ['--nkey', 'contract.json'], {}, /has no seed of a user/],
])('the command says what is wrong with %s, and no secret', async (_what, args, env, message) => {
  const { code, out, err } = await concord(['diff', `nats://${hostOf('user')}`, 'contract.json', ...args], env);
  expect(err).toMatch(message);
  expect([2, 5]).toContain(code);
  for (const secret of ['hunter2', PASSWORD]) expect(out + err).not.toContain(secret);
});

test('no message of the command shows the credentials of a URL', async () => {
  const url = `nats://ann:${PASSWORD}@127.0.0.1:1`;
  const runs = await Promise.all([
    concord(['diff', url, 'contract.json']),
    concord(['diff', url]),
    concord(['diff', url, 'contract.json', url]),
    concord(['diff', 'contract.json', `http://ann:${PASSWORD}@h`]),
    concord(['check', '--against', url, '--format', url]),
    concord(['can-deploy', 'DhcpPluginApi@1', '--contract', 'contract.json', '--live', url]),
    concord(['matrix', 'DhcpPluginApi@1', '--contract', 'contract.json', '--live', url]),
    concord(['generate', 'client', url, '--endpoint', 'DhcpPluginApi@1']),
  ]);
  for (const { code, out, err } of runs) {
    expect(code).not.toBe(0);
    expect(out + err).not.toContain('p/w@r');
    expect(out + err).not.toContain('ann:');
  }
});

test('the context on disk is as it was', () => {
  expect(readFileSync(file('config/nats/context/broken.json'), 'utf8')).toContain(PASSWORD);
});
