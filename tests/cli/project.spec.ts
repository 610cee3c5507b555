/** snapshot, check and approve in a project with git, run for real: what they write, and every exit code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { approve, diff, parseApprovals, parseSnapshot, releaseHash, writeApprovals } from '@concord-rpc/evolution';
import { testInWorld } from '../fixtures/random/in-world';
import { commit, type PortsSource, portsProject, portsSource } from './ports-project';
import { concordIn, type Ended, type Folder, makeFolder, ROOT } from './run-concord';

const FILE = 'concord.contract.json';
const APPROVALS = 'concord.approvals.json';
let folder: Folder;

const contract = (...args: string[]): Ended => folder.concord('contract', ...args);
const change = (source: PortsSource) => folder.write({ 'src/ports.ts': portsSource(source) });
const textOf = (name: string) => readFileSync(join(folder.path, name), 'utf8');
const snapshotOf = () => parseSnapshot(textOf(FILE), FILE);
const findings = (ended: Ended) =>
  JSON.parse(ended.out).findings as { rule: string; path: string; fingerprint: string; approval: unknown }[];

/** A project with 1.0 released and committed; each test has a copy. */
let released: Folder;
beforeAll(() => {
  released = portsProject();
  const made = released.concord('contract', 'snapshot', '--release', 'Ports@1');
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^ {2}Ports@1 1\.0 {2}sha256:[0-9a-f]{64}$/m) });
  commit(released, 'release 1.0');
});
afterAll(() => released.remove());
beforeEach(() => {
  folder = makeFolder({}, released.path);
});
afterEach(() => folder.remove());

test('a snapshot is what the code says: the same text each time, and checked as such', () => {
  const first = textOf(FILE);
  expect(Object.keys(snapshotOf().endpoints)).toEqual(['Ports@1']);
  expect(contract('snapshot').out).toBe(`  1 endpoint · 2 methods · 3 arguments · 1 type\n  ${FILE} is up to date\n`);
  expect(textOf(FILE)).toBe(first);
  expect(contract('snapshot', '--check')).toMatchObject({ code: 0 });
  expect(contract('check')).toMatchObject({ code: 0, out: expect.stringContaining('(merge base with main)') });
});

test('code that moved on makes the file stale: exit code 3, from snapshot --check and from check', () => {
  change({ version: '1.1', listArgs: "host: string, limit: number = 10, @Since('1.1') status?: string" });
  const checked = contract('snapshot', '--check');
  expect(checked.code).toBe(3);
  expect(checked.out).toContain(
    `SNAPSHOT_STALE  ${FILE} differs from the code\n  Ports@1  1.0 → 1.1\n    + list/args/status  status?: string (since 1.1)\n`,
  );
  expect(contract('check').code).toBe(3);
  const written = contract('snapshot');
  expect(written.out).toMatch(/^ {2}wrote concord\.contract\.json \(\+\d+ −\d+\)$/m);
  expect(contract('check').code).toBe(0);
});

test('without a file: snapshot --check is stale, check --against none too, and what needs the file says so', () => {
  folder.git('rm', '--quiet', FILE);
  expect(contract('snapshot', '--check').code).toBe(3);
  expect(contract('check', '--against', 'none').code).toBe(3);
  expect(contract('matrix', 'Ports@1')).toMatchObject({
    code: 2,
    err: expect.stringContaining(`contract file ${FILE} does not exist\n  write it: `),
  });
});

testInWorld('what a new version changes is recorded, also when it is changed again before its release', () => {
  change({ version: '1.1', mtu: 9000 });
  contract('snapshot');
  change({ version: '1.1', mtu: 9216 });
  contract('snapshot');
  const mtu = snapshotOf().types!.Port!.properties!.mtu!;
  expect(mtu['x-was']).toEqual([{ before: '1.1', schema: { maximum: 1500, type: 'integer' } }]);
  expect(contract('check').code).toBe(0);
  change({ version: '1.1', mtu: 1500 });
  contract('snapshot');
  expect(snapshotOf().types!.Port!.properties!.mtu!['x-was']).toBeUndefined();
});

test('a break is exit code 1, and proved without a baseline too', () => {
  change({ version: '1.1', listArgs: 'host: string' });
  contract('snapshot');
  const ended = contract('check', '--json');
  expect(ended.code).toBe(1);
  expect(findings(ended).map(({ rule, path }) => `${rule} ${path}`)).toEqual([
    'PROJECTION_BROKEN Ports@1#1.0',
    'ARG_REMOVED Ports@1/list/args/limit',
  ]);
  const alone = contract('check', '--against', 'none', '--json');
  expect({ code: alone.code, rules: findings(alone).map(({ rule }) => rule) }).toEqual({ code: 1, rules: ['PROJECTION_BROKEN'] });
});

test('an approval accepts one break, rewrites what it must, and runs out when the baseline moves on', () => {
  change({ version: '1.1', listArgs: 'host: string' });
  contract('snapshot');
  const removal = findings(contract('check', '--json')).find(({ rule }) => rule === 'ARG_REMOVED')!;
  const given = contract(
    'approve',
    removal.fingerprint,
    '--reason',
    'no caller passed it',
    '--until',
    '2099-12-31',
    '--by',
    'ann@example.org',
  );
  expect(given).toMatchObject({ code: 0, err: '' });
  expect(given.out).toBe(
    [
      `  ${FILE}: rewrote history: Ports@1 1.0 is now recorded as ${releaseHash(snapshotOf(), 'Ports@1', '1.0')}`,
      `  ${APPROVALS}: ARG_REMOVED at Ports@1/list/args/limit, 1.0 → 1.1, by ann@example.org`,
      `  ${APPROVALS}: HISTORY_REWRITTEN at Ports@1#1.0, 1.0 → 1.1, by ann@example.org`,
      '',
    ].join('\n'),
  );
  const after = contract('check', '--json');
  expect(after.code).toBe(0);
  expect(findings(after).filter(({ approval }) => approval !== null)).toHaveLength(2);
  expect(contract('check').out).toContain('2 approved.');

  commit(folder, 'without limit');
  const later = contract('check', '--json', '--fail-on', 'warn');
  expect({ code: later.code, rules: findings(later).map(({ rule }) => rule) }).toEqual({
    code: 1,
    rules: ['APPROVAL_STALE', 'APPROVAL_STALE'],
  });
  expect(contract('approve', '--prune').code).toBe(0);
  expect(textOf(APPROVALS)).toBe('[]\n');
  expect(contract('check', '--fail-on', 'warn').code).toBe(0);
});

test.each<[string, string[], number, RegExp]>([
  ['no fingerprint', [], 2, /^error: approve needs the fingerprint of a finding/],
  [
    'a fingerprint of nothing',
    ['000000000000', '--reason', 'x', '--by', 'a'],
    2,
    /no finding of the check has the fingerprint 000000000000/,
  ],
  ['no reason', ['000000000000', '--by', 'a'], 2, /^error: an approval needs a reason/],
  ['no day', ['000000000000', '--reason', 'x', '--by', 'a', '--until', '2026-02-31'], 2, /--until 2026-02-31 is not a date/],
  [
    'a day that is past',
    ['000000000000', '--reason', 'x', '--by', 'a', '--until', '2001-01-01'],
    2,
    /--until 2001-01-01 is in the past; today is /,
  ],
])('an approval with %s is refused', (_what, args, code, message) => {
  const ended = contract('approve', ...args);
  expect(ended.code).toBe(code);
  expect(ended.err).toMatch(message);
});

test('an approval of a stale file is refused: exit code 3', () => {
  change({ version: '1.1', listArgs: 'host: string' });
  const [stale] = findings(contract('check', '--json'));
  expect(contract('approve', stale!.fingerprint, '--reason', 'x', '--by', 'a')).toMatchObject({
    code: 3,
    err: expect.stringContaining('write it first'),
  });
});

testInWorld('baselines: a branch, a revision, a file, a release', () => {
  folder.git('checkout', '--quiet', '-b', 'feature');
  change({ version: '1.1', listArgs: 'host: string' });
  contract('snapshot');
  commit(folder, 'without limit');
  for (const against of [[], ['--against', 'main'], ['--against', 'git:main'], ['--against', 'release:Ports@1:1.0']]) {
    const rules = findings(contract('check', '--json', ...against)).map(({ rule }) => rule);
    expect({ against, broken: rules.includes('PROJECTION_BROKEN'), compared: rules.includes('ARG_REMOVED') }).toEqual({
      against,
      broken: true,
      compared: against[1] !== 'release:Ports@1:1.0', // today's contract has forgotten the argument: that is why releases are proved
    });
  }
  folder.write({ 'old.json': folder.git('show', `main:${FILE}`) });
  expect(findings(contract('check', '--json', '--against', 'old.json')).map(({ rule }) => rule)).toContain('ARG_REMOVED');
  expect(contract('diff', `git:main:${FILE}`, FILE).code).toBe(1);
});

test.each<[string, string[], RegExp]>([
  [
    'a baseline that is not there',
    ['check', '--against', 'nowhere'],
    /^error: --against nowhere: no file and no git revision has this name/,
  ],
  [
    'a module that is not there',
    ['snapshot', 'src/port.ts'],
    /^error: module src\/port\.ts does not exist\n {2}name a module of the project/,
  ],
  ['a module without a contract', ['snapshot', 'src/nothing.ts'], /exports no class with @Endpoint/],
  ['a module that does not load', ['snapshot', 'src/throws.ts'], /^error: cannot load src\/throws\.ts: out of order/],
  ['a contract with a mistake', ['snapshot', 'src/mistake.ts'], /mistake\.ts: \[invalid_contract\] Wrong\.get has since 2\.0/],
  ['two contracts of one name', ['snapshot', 'src/ports.ts', 'src/again.ts'], /^error: two classes define the endpoint Ports@1/],
  [
    'a release of what is not there',
    ['snapshot', '--release', 'Prts@1'],
    /the code has no endpoint Prts@1 \(Did you mean Ports@1\?\)/,
  ],
])('%s is exit code 2', (_what, args, message) => {
  folder.write({
    'src/nothing.ts': 'export class Plain {}\n',
    'src/throws.ts': "throw new Error('out of order');\n",
    'src/again.ts': portsSource({ listArgs: 'host: string' }),
    'src/mistake.ts':
      "import { Endpoint, RpcMethod } from 'concord-rpc';\n@Endpoint({ topic: 't', version: '1.0' }) export class Wrong { @RpcMethod({ since: '2.0' }) get() {} }\n",
  });
  const { code, err } = contract(...args);
  expect(err).toMatch(message);
  expect(code).toBe(2);
});

test('a released version is released once: exit code 1', () => {
  change({ mtu: 9216 });
  const { code, err } = contract('snapshot', '--release', 'Ports@1');
  expect(code).toBe(1);
  expect(err).toMatch(
    /Ports@1 1\.0 is released with the hash sha256:\w+; the code now has the hash sha256:\w+\n {2}raise the version/,
  );
});

testInWorld('outside of git a baseline must be named', () => {
  const plain = makeFolder({ 'src/ports.ts': portsSource(), 'concord.config.json': '{ "entries": ["src/ports.ts"] }' });
  plain.concord('contract', 'snapshot');
  const without = plain.concord('contract', 'check');
  const named = plain.concord('contract', 'check', '--against', 'none');
  plain.remove();
  expect(without).toMatchObject({ code: 2, err: expect.stringContaining('--against none') });
  expect(named.code).toBe(0);
});

test('without modules the committed file is checked, and that is said', () => {
  folder.write({ 'concord.config.json': '{}' });
  expect(contract('check')).toMatchObject({
    code: 0,
    err: expect.stringMatching(/^note: the contract file was not compared with the code/),
  });
});

test('the same contract comes from TypeScript and from what tsc made of it', () => {
  const files = ['release-1.2/my-api'];
  const example = join(ROOT, 'examples/01-quickstart');
  for (const file of files) {
    const made = [`src/${file}.ts`, `dist/${file}.js`].map((entry) => {
      folder.git('rm', '--quiet', '--cached', '--ignore-unmatch', FILE);
      folder.write({ 'concord.config.json': JSON.stringify({ entries: [join(example, entry)], contract: `${entry}.json` }) });
      contract('snapshot');
      return textOf(`${entry}.json`);
    });
    expect(made[0]).toBe(made[1]);
    expect(made[0]).toContain('"MyApi@1"');
  }
});

test('an approvals file that cannot be read is exit code 2', () => {
  const [before, after] = ['before', 'after'].map((name) => {
    const file = join(ROOT, 'packages/evolution/rules-examples/METHOD_REMOVED', `${name}.json`);
    return parseSnapshot(readFileSync(file, 'utf8'), file);
  });
  const [finding] = diff(before!, after!).findings;
  const text = writeApprovals([approve(finding!, { reason: 'x', by: 'a' })]);
  expect(parseApprovals(text, APPROVALS)).toHaveLength(1);
  folder.write({ [APPROVALS]: text.replace('METHOD_REMOVED', '') });
  expect(contract('check')).toMatchObject({ code: 2, err: expect.stringContaining(`${APPROVALS}:1:1: /0/rule`) });
});

test('git that is not installed is said', () => {
  const { code, err } = concordIn(folder.path, ['contract', 'check'], { PATH: '/nowhere' });
  expect({ code, err }).toEqual({
    code: 2,
    err: 'error: git is not on the PATH\n  install git, or compare with a file: --against FILE\n',
  });
});

testInWorld('a snapshot of some of the modules that the settings list keeps the endpoints of the others', () => {
  const two = portsProject();
  try {
    two.write({
      'src/other.ts': portsSource()
        .replaceAll('Ports', 'Other')
        .replaceAll('Port', 'Plug')
        .replace("topic: 'ports'", "topic: 'other'"),
      'concord.config.json': '{ "entries": ["src/ports.ts", "src/other.ts"] }\n',
    });
    expect(two.concord('contract', 'snapshot', '--release', 'Ports@1').code).toBe(0);
    const whole = two.run('cat', 'concord.contract.json');
    expect(two.concord('contract', 'snapshot', './src/other.ts').code).toBe(0);
    expect(two.run('cat', 'concord.contract.json')).toBe(whole);
    expect(two.concord('contract', 'snapshot', '--check', 'src/ports.ts').code).toBe(0);
  } finally {
    two.remove();
  }
});
