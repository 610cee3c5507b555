/** Runs the examples as a user does, and holds what they print to the committed text. */
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNatsServer, type NatsServer, startNatsServer } from '@concord-rpc/testing';

const ROOT = join(__dirname, '..');
const EXAMPLES = join(ROOT, 'examples');
const NAMES = ['01-quickstart', 'nest-fleet', 'neutron-dhcp', 'rolling-upgrade'] as const;
/** The upgrade in 21 processes takes a minute of two cores: `npm run world` runs it. */
const OVER_NATS = process.env.CONCORD_WORLD === '1' ? NAMES : NAMES.filter((name) => name !== 'rolling-upgrade');
const LONGEST_BUILD = 180_000;
const LONGEST_RUN = 150_000;

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The process group that the example was given. */
  readonly group: number;
}

async function run(name: string, ...args: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [join(EXAMPLES, name, 'dist', 'main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const [stdout, stderr, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr, group: child.pid! };
}

async function textOf(stream: NonNullable<ChildProcess['stdout']>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function expected(name: string): string {
  return readFileSync(join(EXAMPLES, name, 'expected-output.txt'), 'utf8');
}

/** The lines on standard error that an example promises; none without the file. */
function expectedErrors(name: string): string {
  const file = join(EXAMPLES, name, 'expected-errors.txt');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** The first line says on what the example runs; the story after it is the same everywhere. */
function afterFirstLine(text: string): string {
  return text.slice(text.indexOf('\n') + 1);
}

function isAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

beforeAll(() => {
  const build = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', ...NAMES.map((name) => join(EXAMPLES, name))],
    { encoding: 'utf8' },
  );
  if (build.status !== 0) throw new Error(`the examples do not compile:\n${build.stdout}${build.stderr}`);
}, LONGEST_BUILD);

describe.each(NAMES)('example %s', (name) => {
  it(
    'prints what it promises, in one process',
    async () => {
      const { code, stdout, stderr } = await run(name);
      expect(stderr).toBe(expectedErrors(name));
      expect(stdout).toBe(expected(name));
      expect(code).toBe(0);
    },
    LONGEST_RUN,
  );

  it('is quoted truly by its README', () => {
    const quotes = [...readFileSync(join(EXAMPLES, name, 'README.md'), 'utf8').matchAll(/```text\n([\s\S]*?)```/g)];
    expect(quotes).not.toHaveLength(0);
    for (const [, quote] of quotes) expect(expected(name)).toContain(quote);
  });

  it(
    'says in one line that NATS is not there',
    async () => {
      const { code, stdout, stderr } = await run(name, '--nats', 'nats://127.0.0.1:1');
      expect(stderr).toMatch(/^\[not_connected\] cannot connect to NATS at nats:\/\/127\.0\.0\.1:1 .*\n$/);
      expect(stdout).toBe('');
      expect(code).toBe(1);
    },
    LONGEST_RUN,
  );

  it(
    'explains itself and refuses what it does not know',
    async () => {
      const help = await run(name, '--help');
      expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('--nats URL') });
      const unknown = await run(name, '--natz');
      expect(unknown).toMatchObject({ code: 1, stdout: '', stderr: help.stdout });
    },
    LONGEST_RUN,
  );
});

/** The programs of members, and arguments with which they cannot connect. */
const MEMBERS = [
  [
    'rolling-upgrade/dist/member-process.js',
    [JSON.stringify({ kind: 'server', name: 's', release: '1.4' }), 'nats://127.0.0.1:1', 'r'],
  ],
  ['neutron-dhcp/dist/role-process.js', ['plugin', 'nats://127.0.0.1:1', 'r']],
] as const;

it.each(MEMBERS)('%s says why it cannot start, and ends', async (path, args) => {
  const child = fork(join(EXAMPLES, path), [...args], { silent: true });
  const [[answer], [code]] = await Promise.all([once(child, 'message'), once(child, 'close')]);
  expect(answer).toEqual({ failure: expect.stringContaining('[not_connected]') });
  expect(code).toBe(1);
});

describe('over a real nats-server', () => {
  let nats: NatsServer | undefined;

  beforeAll(async () => {
    if (findNatsServer() === undefined && process.env.CI !== 'true') {
      console.warn('no nats-server here: the examples were not run over NATS');
      return;
    }
    nats = await startNatsServer();
  });
  afterAll(() => nats?.stop());

  it.each(OVER_NATS)(
    '%s tells the same story, and leaves no process behind',
    async (name) => {
      if (nats === undefined) return;
      const { code, stdout, stderr, group } = await run(name, '--nats', nats.url);
      expect(stderr).toBe(expectedErrors(name));
      expect(afterFirstLine(stdout)).toBe(afterFirstLine(expected(name)));
      expect(code).toBe(0);
      expect(isAlive(group)).toBe(false);
    },
    LONGEST_RUN,
  );
});
