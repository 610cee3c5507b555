/** `concord contract diff`, run for real: every format, every way to be wrong, and what goes where. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diff, FORMATS, type Format, parseSnapshot, RULES } from '@concord-rpc/evolution';
import Ajv2020 from 'ajv/dist/2020';
import { concordHere, concordIn, type Ended, type Folder, makeFolder, ROOT } from './run-concord';

const EXAMPLES = join(ROOT, 'packages/evolution/rules-examples');
const example = (rule: string) => join(EXAMPLES, rule);
const text = (rule: string, name: string) => readFileSync(join(example(rule), `${name}.json`), 'utf8');
const inExample = (rule: string, ...args: string[]) => concordHere(example(rule), ['contract', 'diff', ...args]);
const BREAK = 'ARG_MADE_REQUIRED';
const WARNING = 'IN_PATTERN_CHANGED';

let folder: Folder;
beforeAll(() => {
  folder = makeFolder({
    'before.json': text(BREAK, 'before'),
    'after.json': text(BREAK, 'after'),
    'cut.json': '{\n  "contract": 1,\n  "endpoints": {\n',
    'unknown.json': '{\n  "contract": 1,\n  "endpoints": {},\n  "extra": true\n}\n',
    'twice.json': '{\n  "contract": 1,\n  "contract": 1,\n  "endpoints": {}\n}\n',
    'empty.json': '',
  });
});
afterAll(() => folder.remove());
const here = (...args: string[]): Promise<Ended> => concordHere(folder.path, ['contract', 'diff', ...args]);

test.each<[string, string, string[], number]>([
  ['a break', BREAK, [], 1],
  ['a warning', WARNING, [], 0],
  ['a warning that counts', WARNING, ['--fail-on', 'warn'], 1],
  ['a break of the sources', 'ARG_ADDED_NOT_LAST', [], 1],
  ['a break of the sources, where only the wire counts', 'ARG_ADDED_NOT_LAST', ['--profile', 'wire'], 0],
])('%s', async (_what, rule, options, code) => {
  expect((await inExample(rule, 'before.json', 'after.json', ...options)).code).toBe(code);
});

test('a contract and itself have nothing between them, and the report gives the counts', async () => {
  const { code, out, err } = await here('before.json', 'before.json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(
    'concord contract diff before.json   base before.json\n\nChecked 1 endpoint, 1 method, 0 types, 0 releases with 98 rules.\n0 errors, 0 warnings, 0 notes.\n',
  );
});

test('the text names the place, both sides, who is hurt, the remedy, and how to accept it', async () => {
  const { out } = await here('before.json', 'after.json');
  for (const part of ['after.json:11:13', 'was       x?: string', 'now       x: string', 'hurts ', 'fix ']) {
    expect(out).toContain(part);
  }
  expect(out).toMatch(/^To accept an error: {2}npx @concord-rpc\/cli contract approve [0-9a-f]{12} --reason "…"$/m);
});

test.each(Object.keys(FORMATS) as Format[])('--format %s is what the package writes, on standard output', async (format) => {
  const { code, out, err } = await here('before.json', 'after.json', '--format', format);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  const [before, after] = ['before', 'after'].map((name) => parseSnapshot(text(BREAK, name), name));
  const found = diff(before!, after!);
  const line = { file: 'after.json', line: 11, column: 13 };
  const title = 'concord contract diff after.json';
  expect(out).toBe(FORMATS[format]({ ...found, title, base: 'before.json', locate: () => line }));
});

test('--json is short for --format json, of the published schema', async () => {
  const { out } = await here('before.json', 'after.json', '--json');
  const schema = JSON.parse(readFileSync(join(ROOT, 'docs/findings.schema.json'), 'utf8'));
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  validate(JSON.parse(out));
  expect(validate.errors ?? []).toEqual([]);
  expect(out).toBe((await here('before.json', 'after.json', '--format', 'json')).out);
});

test('several formats at once, each to its place', async () => {
  const { out, code } = await here(
    'before.json',
    'after.json',
    '--format',
    'github',
    '--format',
    'sarif=out.sarif',
    '--format=junit=out.xml',
  );
  expect(code).toBe(1);
  expect(out).toMatch(/^::error file=after\.json,line=11,col=13,title=ARG_MADE_REQUIRED::/);
  expect(JSON.parse(readFileSync(join(folder.path, 'out.sarif'), 'utf8')).version).toBe('2.1.0');
  expect(readFileSync(join(folder.path, 'out.xml'), 'utf8')).toMatch(/^<\?xml/);
});

test('--output writes the report to a file, and nothing else', async () => {
  const { out, err, code } = await here('before.json', 'after.json', '--output', 'report.txt');
  expect({ out, err, code }).toEqual({ out: '', err: '', code: 1 });
  expect(readFileSync(join(folder.path, 'report.txt'), 'utf8')).toBe((await here('before.json', 'after.json')).out);
});

test('GitHub gets the whole table in its summary', async () => {
  const GITHUB_STEP_SUMMARY = join(folder.path, 'summary.md');
  await concordHere(folder.path, ['contract', 'diff', 'before.json', 'after.json', '--format', 'github'], {
    GITHUB_STEP_SUMMARY,
  });
  expect(readFileSync(GITHUB_STEP_SUMMARY, 'utf8')).toBe((await here('before.json', 'after.json', '--format', 'markdown')).out);
});

test.each<[string, Record<string, string>]>([
  ['by itself', {}],
  ['where CI is set', { CI: 'true', GITHUB_ACTIONS: 'true' }],
  ['where colour is forced and refused', { FORCE_COLOR: '1', NO_COLOR: '1' }],
])('no escape sequence goes into a pipe %s', (_when, env) => {
  const { out, err } = concordIn(folder.path, ['contract', 'diff', 'before.json', 'after.json'], env);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is the character that must not be there
  expect(out + err).not.toMatch(/\u001b/);
});

test.each<[string, string[], RegExp]>([
  ['a file that is cut off', ['before.json', 'cut.json'], /^cut\.json:4:1: not JSON: /m],
  ['a file with more than a contract', ['unknown.json', 'after.json'], /^unknown\.json:4:3: the document has "extra"/m],
  ['a key that appears twice', ['twice.json', 'after.json'], /^twice\.json:3:3: the key "contract" appears twice/m],
  ['an empty file', ['empty.json', 'after.json'], /^empty\.json:1:1: not JSON: the file is empty/m],
  ['a file that is not there', ['before.json', 'gone.json'], /^error: file gone\.json does not exist\n {2}a contract is a file/],
  ['a folder', ['before.json', '.'], /^error: \. is a folder/],
  ['one contract only', ['before.json'], /^error: diff needs a second contract to compare with before\.json/],
  ['no contract', [], /^error: diff needs two contracts/],
  ['a third contract', ['before.json', 'after.json', 'after.json'], /^error: too many arguments/],
  [
    'an unknown option',
    ['before.json', 'after.json', '--fromat', 'json'],
    /unknown option '--fromat'\n\(Did you mean --format\?\)/,
  ],
  ['an unknown format', ['before.json', 'after.json', '--format', 'jsn'], /Did you mean json\?/],
  ['an unknown profile', ['before.json', 'after.json', '--profile', 'wrie'], /Allowed choices are wire, wire\+semantic, all/],
  [
    'a rule that is not there',
    ['--explain', 'ARG_MADE_REQUIERD'],
    /^error: rule ARG_MADE_REQUIERD does not exist \(Did you mean ARG_MADE_REQUIRED\?\)/,
  ],
  ['a revision where there is no git', ['git:HEAD', 'after.json'], /^error: git has no revision HEAD/],
  [
    'a release without a project',
    ['release:L3Plugin@1:1.0', 'after.json'],
    /^error: contract file concord\.contract\.json does not exist/,
  ],
  [
    'an output that cannot be written',
    ['before.json', 'after.json', '--output', 'no/such/folder.txt'],
    /^error: cannot write no\/such\/folder\.txt/,
  ],
  [
    'one file for two formats',
    ['before.json', 'after.json', '--format', 'json', '--format', 'text', '--output', 'x'],
    /is one file for the formats json and text/,
  ],
])('%s is exit code 2, on standard error', async (_what, args, message) => {
  const { code, out, err } = await here(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
});

test('settings of the project count, and wrong ones are exit code 2 with their line', () => {
  const project = makeFolder({ 'before.json': text(BREAK, 'before'), 'after.json': text(BREAK, 'after') });
  const config = (rules: object) => project.write({ 'concord.config.json': JSON.stringify({ rules }, null, 2) });
  config({ ARG_MADE_REQUIRED: 'warn' });
  expect(project.concord('contract', 'diff', 'before.json', 'after.json').code).toBe(0);
  config({ ARG_MADE_REQUIERD: 'warn' });
  const { code, err } = project.concord('contract', 'diff', 'before.json', 'after.json');
  project.remove();
  expect(code).toBe(2);
  expect(err).toContain('concord.config.json:3:5: rules has "ARG_MADE_REQUIERD", which is not a key of settings of Concord');
});

test.each([
  ['contract', [], 'contract.schema.json'],
  ['findings', ['--of', 'findings'], 'findings.schema.json'],
])('the schema of %s is the published one', async (_of, options, file) => {
  const { code, out } = await concordHere(folder.path, ['contract', 'schema', ...options]);
  expect({ code, schema: JSON.parse(out) }).toEqual({
    code: 0,
    schema: JSON.parse(readFileSync(join(ROOT, 'docs', file), 'utf8')),
  });
});

test('--explain says what a rule is, --rules lists all; neither needs contracts', async () => {
  expect(await here('--explain', 'arg_made_required')).toMatchObject({
    code: 0,
    out: expect.stringContaining('An optional argument is now required.'),
  });
  expect((await here('--rules')).out.trimEnd().split('\n')).toHaveLength(RULES.length);
});

test.each<[string[], number, RegExp]>([
  [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
  [['--help'], 0, /^Usage: concord /],
  [['contract', '--help'], 0, /Exit codes:/],
  [['contract', 'diff', '--help'], 0, /--explain <RULE>/],
])('concord %j', async (args, code, expected) => {
  const ended = await concordHere(folder.path, args);
  expect({ code: ended.code, err: ended.err }).toEqual({ code, err: '' });
  expect(ended.out).toMatch(expected);
});

test.each<[string[], RegExp]>([
  [[], /^Usage: concord /],
  [['contract'], /^Usage: concord contract /],
  [['contarct', 'diff'], /unknown command 'contarct'\n\(Did you mean contract\?\)/],
  [['contract', 'dif'], /unknown command 'dif'\n\(Did you mean diff\?\)/],
])('concord %j is exit code 2, on standard error', async (args, message) => {
  const { code, out, err } = await concordHere(folder.path, args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
});

test('npx finds the command from the root of the repository', () => {
  expect(existsSync(join(ROOT, 'node_modules/.bin/concord'))).toBe(true);
});
