/** Contracts as the TypeScript sources of a project write them: how they state the types of arguments, read without a compiler. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The contracts in the sources. */
export interface ContractsOnDisk {
  /** The number of files with `@RpcMethod`. */
  readonly files: number;
  /** Parameters whose type only the compiler can record, as `src/ports.ts: list(host)`. */
  readonly untyped: readonly string[];
  /** Parameters with a decorator. */
  readonly decorated: readonly string[];
  /** DTO classes that the file of a contract imports with `import type`, as `src/ports.ts: Filter`. */
  readonly erased: readonly string[];
}

const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', 'out', 'coverage']);
const MOST_FILES = 5_000;

/** Reads the sources below a folder. */
export function writtenContractsIn(root: string): ContractsOnDisk {
  const found = { files: 0, untyped: [] as string[], decorated: [] as string[], erased: [] as string[] };
  for (const file of typescriptFiles(root)) {
    const text = readFileSync(file, 'utf8');
    if (!text.includes('@RpcMethod')) continue;
    found.files++;
    const name = relative(root, file);
    const parameters = parametersIn(text);
    const add = (list: string[], fits: (parameter: ParameterText) => boolean) =>
      list.push(...parameters.filter(fits).map((each) => `${name}: ${each.method}(${each.name})`));
    add(found.untyped, ({ isTyped }) => !isTyped);
    add(found.decorated, ({ isDecorated }) => isDecorated);
    const types = new Set(parameters.flatMap(({ isTyped, type }) => (isTyped ? [] : type)));
    found.erased.push(
      ...typeImports(text)
        .filter((each) => types.has(each))
        .map((each) => `${name}: ${each}`),
    );
  }
  return found;
}

function typescriptFiles(root: string): readonly string[] {
  const files: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined && files.length < MOST_FILES; folder = folders.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name) && !entry.name.startsWith('.')) folders.push(path);
      } else if (/(?<!\.d)\.[mc]?ts$/.test(entry.name)) files.push(path);
    }
  }
  return files;
}

interface ParameterText {
  readonly method: string;
  readonly name: string;
  /** The words of its type. */
  readonly type: readonly string[];
  /** Its type is stated, and need not be recorded. */
  readonly isTyped: boolean;
  readonly isDecorated: boolean;
}

/** The parameters of all methods with `@RpcMethod`. */
function parametersIn(text: string): readonly ParameterText[] {
  return [...text.matchAll(/@RpcMethod\s*\(/g)].flatMap(({ index, 0: opening }) => {
    const options = closed(text, index + opening.length);
    const [, method, end] = nameAfter(text, options.end);
    if (method === undefined) return [];
    const statesAll = /\bargs\s*:/.test(options.text);
    return listIn(closed(text, end).text).flatMap((written): ParameterText[] => {
      const parameter = /^((?:@\w+\s*\([\s\S]*\)\s*)*)(?:readonly\s+)?(\w+)\??\s*(?::\s*([\s\S]*))?$/.exec(written);
      if (parameter === null) return [];
      const [, decorators = '', name = '', type = ''] = parameter;
      const isTyped = statesAll || /@Arg\s*\([\s\S]*\b(?:type|unchecked)\s*:/.test(decorators);
      return [{ method, name, type: type.match(/\w+/g) ?? [], isTyped, isDecorated: decorators !== '' }];
    });
  });
}

/** The name of the method whose decorators end at a position, and the position after its opening bracket. */
function nameAfter(text: string, from: number): readonly [number, string | undefined, number] {
  let at = from;
  for (;;) {
    const decorator = /^\s*@\w+\s*\(/.exec(text.slice(at));
    if (decorator === null) break;
    at = closed(text, at + decorator[0].length).end;
  }
  const method = /^\s*(?:(?:public|protected|private|abstract|async)\s+|\*\s*)*(\w+)\s*\(/.exec(text.slice(at));
  return [at, method?.[1], at + (method?.[0].length ?? 0)];
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The text up to the bracket that closes the one before `from`. */
function closed(text: string, from: number): { readonly text: string; readonly end: number } {
  const open: string[] = [')'];
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (character in CLOSING) open.push(CLOSING[character]!);
    else if (character === open.at(-1)) open.pop();
    if (open.length === 0) return { text: text.slice(from, at), end: at + 1 };
  }
  return { text: '', end: text.length };
}

/** Splits a list at the commas that are in no bracket. */
function listIn(text: string): readonly string[] {
  const items: string[] = [''];
  let depth = 0;
  for (const character of text) {
    if ('([{<'.includes(character)) depth++;
    if (')]}>'.includes(character)) depth--;
    if (character === ',' && depth === 0) items.push('');
    else items[items.length - 1] += character;
  }
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

/** The names that a file imports as types only. */
function typeImports(text: string): readonly string[] {
  const whole = [...text.matchAll(/\bimport\s+type\s*\{([^}]*)\}/g)].flatMap(([, names = '']) => names.split(','));
  const single = [...text.matchAll(/\bimport\s*\{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names.split(',').filter((name) => /^\s*type\s/.test(name)),
  );
  return [...whole, ...single]
    .map(
      (name) =>
        name
          .replace(/^\s*type\s+/, '')
          .trim()
          .split(/\s+as\s+/)
          .at(-1)!,
    )
    .filter(Boolean);
}
