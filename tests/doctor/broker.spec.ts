/** `concord doctor` on a broker: each problem is made by its configuration, found, mended by the remedy, and gone. */
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@concord-rpc/testing';
import { doctor, type Found, problemsOf } from './doctor-runs';
import { rewrittenInfo } from './rewritten-info';

const cwd = mkdtempSync(join(tmpdir(), 'concord-doctor-'));
const stopping: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
});

async function broker(config: string): Promise<NatsServer> {
  const started = await startNatsServer({ config });
  stopping.push(() => started.stop());
  return started;
}

const LOGIN = { NATS_USER: 'sys', NATS_PASSWORD: 'secret', CONCORD_INBOX: 'sys' };
const ask = (url: string, env: Readonly<Record<string, string>> = {}) =>
  doctor({ cwd, env: { NATS_URL: url, ...env }, args: ['--topic', 'a/b'] });

/** Waits for the answer of the command, and compares the problem of one check. */
function expectProblem(found: readonly Found[], check: string, problem: object): void {
  expect(problemsOf(found, check)).toMatchObject([{ area: 'broker', ...problem }]);
}

const SYSTEM = 'system_account: SYS, accounts { SYS { users: [{ user: sys, password: secret }] } }';

test.each<[string, string, string, object, string, Record<string, string>]>([
  [
    'headers that are off',
    'no_header_support: true',
    'headers',
    {
      verdict: 'wrong',
      what: expect.stringContaining('does not report "no responders"'),
      remedy: expect.stringContaining('remove no_header_support'),
    },
    '',
    {},
  ],
  [
    'a small max_payload',
    'max_payload: 1KB',
    'max_payload',
    { verdict: 'warning', what: expect.stringContaining('is 1 KiB'), remedy: expect.stringContaining('max_payload: 1MB') },
    'max_payload: 1MB',
    {},
  ],
  [
    'a large max_payload',
    'max_payload: 16MB',
    'max_payload',
    { verdict: 'warning', what: expect.stringContaining('16384 KiB'), remedy: expect.stringContaining('max_payload: 1MB') },
    'max_payload: 1MB',
    {},
  ],
  [
    'no login',
    '',
    'logins',
    { verdict: 'warning', what: expect.stringContaining('without a login'), remedy: expect.stringContaining('concord acl') },
    'authorization { user: sys, password: secret }',
    LOGIN,
  ],
  [
    'pings that are rare',
    SYSTEM,
    'pings',
    {
      verdict: 'warning',
      what: expect.stringMatching(/for up to \d{3} s$/),
      remedy: expect.stringContaining('ping_interval: "5s"'),
    },
    `${SYSTEM}, ping_interval: "5s", ping_max: 2`,
    LOGIN,
  ],
  [
    'settings that the broker does not tell',
    '',
    'pings',
    {
      verdict: 'not checked',
      what: expect.stringContaining('only to its system account'),
      remedy: expect.stringContaining('log in as a user of it'),
    },
    `${SYSTEM}, ping_interval: "5s", ping_max: 2`,
    LOGIN,
  ],
])('%s', async (_, config, check, problem, mended, env) => {
  const [ill, well] = await Promise.all([broker(config), broker(mended)]);
  const [before, after] = await Promise.all([ask(ill.url, config === '' ? {} : env), ask(well.url, env)]);
  expectProblem(before, check, problem);
  expect(problemsOf(after, check)).toEqual([]);
});

test.each<[string, object, string, object, object]>([
  [
    'a release with a fault',
    { version: '2.9.10' },
    'version',
    { verdict: 'warning', what: expect.stringContaining('a server that hangs'), remedy: 'upgrade it to 2.9.16 or later' },
    { version: '2.9.16' },
  ],
  [
    'a release that reports no "no responders"',
    { version: '2.1.9' },
    'version',
    { verdict: 'wrong', remedy: 'upgrade it to 2.9.16 or later' },
    { version: '2.10.0' },
  ],
  [
    'a node that shuts down',
    { ldm: true },
    'lame duck',
    { verdict: 'warning', remedy: expect.stringContaining('another node') },
    {},
  ],
])('%s', async (_, facts, check, problem, mended) => {
  const { port } = await broker('');
  const [ill, well] = await Promise.all([rewrittenInfo(port, facts), rewrittenInfo(port, mended)]);
  stopping.unshift(ill.close, well.close);
  const [before, after] = await Promise.all([ask(ill.url), ask(well.url)]);
  expectProblem(before, check, problem);
  expect(problemsOf(after, check)).toEqual([]);
});

test('a broker that is not there, and one that is another program', async () => {
  const other = createServer((socket) => socket.end('SSH-2.0-x\r\n'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  stopping.push(() => other.close());
  const { port } = other.address() as { port: number };
  const started = await broker('');
  await started.stop();
  const [gone, foreign] = await Promise.all([ask(started.url), ask(`nats://127.0.0.1:${port}`)]);
  expectProblem(gone, 'connection', {
    verdict: 'wrong',
    what: expect.stringContaining('ECONNREFUSED'),
    remedy: expect.stringContaining('check that nats-server runs'),
  });
  expectProblem(foreign, 'connection', {
    verdict: 'wrong',
    what: expect.stringContaining('does not speak the protocol of NATS'),
  });
  const again = await startNatsServer({ port: started.port });
  stopping.push(() => again.stop());
  expect(problemsOf(await ask(started.url), 'connection')).toEqual([]);
});

test('a login that is refused: the facts before it are shown all the same, and the password is not', async () => {
  const { url } = await broker('authorization { user: sys, password: secret }');
  const found = await ask(url.replace('//', '//sys:wr0ng@'));
  expectProblem(found, 'connection', { verdict: 'wrong', remedy: expect.stringContaining('log in: --user') });
  expect(found.some(({ check, verdict }) => check === 'logins' && verdict === 'ok')).toBe(true);
  expect(JSON.stringify(found)).not.toContain('wr0ng');
  expect(problemsOf(await ask(url, LOGIN), 'connection')).toEqual([]);
});

test('without a server, nothing is said about the calls to servers', async () => {
  const { url } = await broker('');
  const found = await doctor({ cwd, env: { NATS_URL: url }, args: [] });
  expect(problemsOf(found, 'calls of others')).toMatchObject([{ verdict: 'not checked', what: 'no topic is known' }]);
});
