/** Takes the TypeScript out of Markdown: the ```ts blocks of a page are one program, written so that lines keep their numbers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** A program found in a page. */
export interface DocProgram {
  /** `docs/ERRORS.md`, or `docs/ERRORS.md:12` for a block on its own. */
  readonly name: string;
  readonly runs: boolean;
  /** A module whose default export runs it. */
  readonly source: string;
  /** The expected output: the comments `// → …`, in order. */
  readonly prints: readonly string[];
}

const BLOCK = /^```ts(?<mark>[^\n]*)\n(?<code>[\s\S]*?)^```$/gm;
const IMPORT = /^import\s[\s\S]*?;$/gm;
/** A call at the end of a program, such as `main();`: the test awaits it. */
const CALL_OF_MAIN = /^(?=\w+\(\);$)/gm;
const PRINTS = /\/\/ → (.*)$/gm;

/** The pages that hold examples: README.md and docs. */
export function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', ...docs.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`)];
}

/**
 * The programs of a page: its ```ts blocks as one, and each block marked `no-run` on its own, to be type-checked only. Blocks marked
 * `fragment` are neither.
 */
export function programsOf(page: string): DocProgram[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const blocks = [...text.matchAll(BLOCK)].map(({ index, groups }) => ({
    mark: groups!.mark!.trim(),
    code: groups!.code!,
    line: text.slice(0, index).split('\n').length + 1,
  }));
  const unknown = blocks.find(({ mark }) => !['', 'no-run', 'fragment'].includes(mark));
  if (unknown !== undefined) throw new Error(`${page}:${unknown.line - 1}: a ts block cannot be marked ${unknown.mark}`);
  const together = blocks.filter(({ mark }) => mark === '');
  const alone = blocks.filter(({ mark }) => mark === 'no-run');
  return [
    ...(together.length > 0 ? [program(page, true, together)] : []),
    ...alone.map((block) => program(`${page}:${block.line}`, false, [block])),
  ];
}

function program(name: string, runs: boolean, blocks: readonly { code: string; line: number }[]): DocProgram {
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
    runs,
    source: `${head}${body}};\n`,
    prints: blocks.flatMap(({ code }) => [...code.matchAll(PRINTS)].map(([, text]) => text!.trim())),
  };
}
