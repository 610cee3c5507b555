/** Type-checks and runs the examples of README.md and docs: what they say that they print is what they print. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatWithOptions } from 'node:util';
import { type DocProgram, pages, programsOf, ROOT } from './doc-programs';

const FOLDER = join(ROOT, '.tsbuild/docs');
const programs = pages().flatMap(programsOf);

function fileOf({ name, as }: DocProgram): string {
  return join(FOLDER, as === 'file' ? name : `${name.replaceAll(/[/:]/g, '-')}.ts`);
}

// before the tests of the pages are loaded
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
for (const program of programs) writeFileSync(fileOf(program), program.source);

beforeAll(() => {
  const compilerOptions = {
    ...{
      noEmit: true,
      emitDeclarationOnly: false,
      composite: false,
      incremental: false,
      declaration: false,
      declarationMap: false,
      rootDir: ROOT,
    },
    ...{ types: ['node', 'jest'], typeRoots: [join(ROOT, 'node_modules/@types')] },
    paths: {
      'concord-rpc': [join(ROOT, 'packages/concord-rpc/src/index.ts')],
      '@concord-rpc/core/*': [join(ROOT, 'packages/core/src/*.ts')],
      '@concord-rpc/*': [join(ROOT, 'packages/*/src/index.ts')],
    },
  };
  const config = { extends: '../../tsconfig.base.json', compilerOptions, include: ['*.ts'] };
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(config));
});

describe.each(programs.filter(({ as }) => as === 'test'))('$name', (program) => {
  require(fileOf(program));
});

test('the examples are type-correct', () => {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc'); // `.bin/tsc` is that of another package
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', FOLDER, '--pretty', 'false'], { encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
}, 60_000);

test.each(programs.filter(({ as }) => as === 'program'))('$name does what it says', async (program) => {
  const printed: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((...values) => {
    printed.push(formatWithOptions({ colors: false, breakLength: Number.POSITIVE_INFINITY }, ...values));
  });
  try {
    await require(fileOf(program)).default();
  } finally {
    log.mockRestore();
  }
  expect(printed).toEqual(program.prints);
});
