/** Takes the TypeScript out of Markdown: the ```ts blocks of a page are one program, written so that lines keep their numbers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** A program found in a page. */
export interface DocProgram {
  /** `docs/ERRORS.md`, or `docs/ERRORS.md:12` for a block on its own. */
  readonly name: string;
  /** A program runs and prints, a test runs in Jest, a file is imported by the others of its page. `types`: it is only type-checked. */
  readonly as: 'program' | 'test' | 'file' | 'types';
  /** A module; the default export of a program runs it. */
  readonly source: string;
  /** The expected output: the comments `// → …`, in order, and the lines of the block `text output`. */
  readonly prints: readonly string[];
}

const BLOCK = /^```ts(?<mark>[^\n]*)\n(?<code>[\s\S]*?)^```$/gm;
/** The marks of blocks that are not files. */
const MARKS = ['', 'no-run', 'fragment', 'jest', 'vitest', 'node'];
const IMPORT = /^import\s[\s\S]*?;$/gm;
/** A call at the end of a program, such as `main();`: the test awaits it. */
const CALL_OF_MAIN = /^(?=\w+\(\);$)/gm;
const PRINTS = /\/\/ → (.*)$/gm;
const OUTPUT = /^```text output\n(?<lines>[\s\S]*?)\n```$/gm;

/** The pages that hold examples: README.md and docs. */
export function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = docs.filter((path) => path.endsWith('.md') && !path.includes('node_modules'));
  return ['README.md', ...pages.map((path) => `docs/${path}`)];
}

/**
 * The programs of a page: its ```ts blocks as one, and on its own each block marked `no-run`, to be type-checked only, each test marked `jest`, and each
 * file, which is marked with its name. Blocks marked `fragment` are neither, and those marked `vitest` and `node` run in `scripts/newcomer`.
 */
export function programsOf(page: string): DocProgram[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const blocks = [...text.matchAll(BLOCK)].map(({ index, groups }) => ({
    mark: groups!.mark!.trim(),
    code: groups!.code!,
    line: text.slice(0, index).split('\n').length + 1,
  }));
  const isFile = ({ mark }: { mark: string }) => mark.endsWith('.ts');
  const unknown = blocks.find((block) => !isFile(block) && !MARKS.includes(block.mark));
  if (unknown !== undefined) throw new Error(`${page}:${unknown.line - 1}: a ts block cannot be marked ${unknown.mark}`);
  const together = blocks.filter(({ mark }) => mark === '');
  const alone = blocks.filter(({ mark }) => mark === 'no-run');
  const output = [...text.matchAll(OUTPUT)].flatMap(({ groups }) => groups!.lines!.split('\n'));
  return [
    ...(together.length > 0 ? [program(page, 'program', together, output)] : []),
    ...alone.map((block) => program(`${page}:${block.line}`, 'types', [block])),
    ...blocks.filter(isFile).map(({ mark, code }) => ({ name: mark, as: 'file' as const, source: code, prints: [] })),
    ...blocks
      .filter(({ mark }) => mark === 'jest')
      .map(({ line, code }) => ({ name: `${page}:${line}`, as: 'test' as const, source: code, prints: [] })),
  ];
}

function program(
  name: string,
  as: DocProgram['as'],
  blocks: readonly { code: string; line: number }[],
  output: readonly string[] = [],
): DocProgram {
  const imports = blocks.flatMap(({ code }) => code.match(IMPORT) ?? []);
  let body = '';
  for (const { code, line } of blocks) {
    const rest = code
      .replace(IMPORT, (found) => found.replace(/[^\n]/g, ''))
      .replace(/^export /gm, '')
      .replace(CALL_OF_MAIN, 'await ');
    body += '\n'.repeat(line - 1 - (body.split('\n').length - 1)) + rest;
  }
  const head = `${imports.map((each) => each.replaceAll(/\s+/g, ' ')).join(' ')} export default async () => {`;
  return {
    name,
    as,
    source: `${head}${body}};\n`,
    prints: [...blocks.flatMap(({ code }) => [...code.matchAll(PRINTS)].map(([, text]) => text!.trim())), ...output],
  };
}
