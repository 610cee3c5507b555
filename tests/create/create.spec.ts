/** The command that creates projects: its answers, refusals and exit codes, as a process and on a terminal. Needs the build. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createProject, TEMPLATES } from '@concord-rpc/create';
import { run } from '../../packages/create/src/program';

const BIN = join(__dirname, '../../packages/create/bin/create.js');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-created-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command in pipes, as CI does. */
function create(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd: folder, encoding: 'utf8', input: '' });
  return { status, stdout, stderr };
}

/** Runs the command as on a terminal, with these answers. */
async function onTerminal(answers: readonly string[], ...args: string[]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let [out, err] = ['', ''];
  let asked = 0;
  output.on('data', (chunk) => {
    out += String(chunk);
    if (!String(chunk).endsWith('): ')) return;
    const answer = answers[asked++];
    if (answer === undefined) input.end();
    else input.write(`${answer}\n`);
  });
  const err_ = (text: string) => {
    err += text;
  };
  const status = await run(args, { input, output, isTerminal: true, cwd: folder, err: err_ });
  return { status, out, err };
}

const manifestOf = (path: string) => JSON.parse(readFileSync(join(folder, path, 'package.json'), 'utf8'));

describe('in pipes', () => {
  test.each(TEMPLATES)('creates $name, named after its folder', ({ name: template }) => {
    const { status, stdout, stderr } = create('My App', '--template', template);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^created My App from the template \w+: \d+ files\n\nNext:\n {2}cd My App\n {2}npm install\n/);
    expect(stdout).not.toContain('\u001b');
    expect(manifestOf('My App')).toMatchObject({ name: 'my-app', dependencies: { 'concord-rpc': '^0.1.0' } });
    expect(readdirSync(join(folder, 'My App'))).toEqual(
      expect.arrayContaining(['.gitignore', 'README.md', 'src', 'tsconfig.json']),
    );
    expect(readFileSync(join(folder, 'My App/README.md'), 'utf8')).toContain('# my-app\n');
  });

  test('creates in the present folder if it has nothing but .git', () => {
    mkdirSync(join(folder, '.git'));
    expect(create('.', '-t', 'minimal')).toMatchObject({ status: 0, stderr: '' });
    expect(create('.', '-t', 'minimal')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`the folder ${folder} is not empty: it has `),
    });
  });

  test('takes every package from tarballs', () => {
    for (const name of ['concord-rpc', 'concord-rpc-core', 'concord-rpc-cli', 'concord-rpc-testing']) {
      writeFileSync(join(folder, `${name}-0.1.0.tgz`), '');
    }
    mkdirSync(join(folder, 'integrations'));
    writeFileSync(join(folder, 'integrations/concord-rpc-nestjs-0.1.0.tgz'), '');
    expect(create('app', '-t', 'minimal', '--packages', '.')).toMatchObject({ status: 0, stderr: '' });
    expect(create('nest', '-t', 'nest', '--packages', '.')).toMatchObject({ status: 0, stderr: '' });
    const nestjs = `file:${join(folder, 'integrations/concord-rpc-nestjs-0.1.0.tgz')}`;
    expect(manifestOf('nest')).toMatchObject({ dependencies: { '@concord-rpc/nestjs': nestjs } });
    const file = (name: string) => `file:${join(folder, `${name}-0.1.0.tgz`)}`;
    expect(manifestOf('app')).toMatchObject({
      dependencies: { 'concord-rpc': file('concord-rpc') },
      devDependencies: { '@concord-rpc/cli': file('concord-rpc-cli') },
      overrides: { '@concord-rpc/core': file('concord-rpc-core') },
    });
  });

  const refusals: [string, string[], number, string][] = [
    ['no folder', [], 2, 'name the folder: npm create @concord-rpc my-app -- --template minimal; see --help'],
    ['no template', ['app'], 2, 'name the template: '],
    ['an unknown template', ['app', '-t', 'huge'], 2, 'there is no template "huge"; the templates are minimal, fleet, nest'],
    ['an unknown option', ['app', '--tempalte', 'x'], 2, "Unknown option '--tempalte'; see --help"],
    ['an option without its value', ['app', '--template'], 2, 'see --help'],
    ['two folders', ['a', 'b', '-t', 'minimal'], 2, 'one folder is created; got a and b; see --help'],
    [
      'a folder that is not empty',
      ['full', '-t', 'minimal'],
      1,
      'full is not empty: it has file.txt; name a folder that does not exist, or is empty',
    ],
    ['a file', ['full/file.txt', '-t', 'minimal'], 1, 'file.txt is a file; name a folder'],
    ['a folder without tarballs', ['app', '-t', 'minimal', '--packages', 'full'], 2, 'full has no tarball of concord-rpc'],
  ];
  test.each(refusals)('refuses %s', (_name, args, status, sentence) => {
    mkdirSync(join(folder, 'full'));
    writeFileSync(join(folder, 'full/file.txt'), '');
    const result = create(...args);
    expect(result).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(sentence) });
    expect(result.stderr).toMatch(/^error: .*\n$/);
    expect(readdirSync(folder)).toEqual(['full']);
  });

  test.each(['--help', '-h'])('%s prints the templates and the options', (option) => {
    const { status, stdout } = create(option);
    expect(status).toBe(0);
    for (const text of ['usage: npm create @concord-rpc', 'minimal', 'fleet', '--packages', 'Exit codes'])
      expect(stdout).toContain(text);
  });

  test('--version prints the version', () => expect(create('-v')).toEqual({ status: 0, stdout: '0.1.0\n', stderr: '' }));
});

test('programs can create a project, too', () => {
  expect(createProject({ folder: join(folder, 'app'), template: 'minimal' })).toContain('src/main.ts');
  expect(() => createProject({ folder: join(folder, 'app'), template: 'minimal' })).toThrow('app is not empty: it has ');
});

describe('on a terminal', () => {
  test.each([
    [['', ''], [], 'my-app', 'minimal'],
    [['app', '2'], [], 'app', 'fleet'],
    [['app', '7', 'fleet'], [], 'app', 'fleet'],
    [['2'], ['named'], 'named', 'fleet'],
    [['app'], ['-t', 'fleet'], 'app', 'fleet'],
    [[], ['app', '-t', 'minimal'], 'app', 'minimal'],
  ])('the answers %j to %j create %s', async (answers, args, created, template) => {
    const { status, out, err } = await onTerminal(answers, ...args);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain(`created ${created} from the template ${template}`);
    expect(out).not.toContain('\u001b');
    expect(readdirSync(folder)).toEqual([created]);
  });

  test('no answer creates nothing', async () => {
    expect(await onTerminal(['app'])).toMatchObject({ status: 1, err: 'error: no answer; nothing was created\n' });
    expect(readdirSync(folder)).toEqual([]);
  });
});
