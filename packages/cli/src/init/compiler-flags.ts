/** The flags of compilers that decorators need, and what a project's files say about them. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'jsonc-parser';

/** A flag: its place in a file, and its value. */
export interface CompilerFlag {
  readonly path: readonly string[];
  readonly value: boolean;
}

/** The flags in tsconfig.json. */
export const TSCONFIG_FLAGS: readonly CompilerFlag[] = [
  { path: ['compilerOptions', 'experimentalDecorators'], value: true },
  { path: ['compilerOptions', 'emitDecoratorMetadata'], value: true },
  { path: ['compilerOptions', 'useDefineForClassFields'], value: false },
];

/** The same flags in .swcrc. */
export const SWC_FLAGS: readonly CompilerFlag[] = [
  { path: ['jsc', 'parser', 'decorators'], value: true },
  { path: ['jsc', 'transform', 'legacyDecorator'], value: true },
  { path: ['jsc', 'transform', 'decoratorMetadata'], value: true },
  { path: ['jsc', 'transform', 'useDefineForClassFields'], value: false },
  { path: ['jsc', 'keepClassNames'], value: true },
];

/** The compiler options of a tsconfig.json, with those of the files that it extends. */
export type CompilerFlags = Readonly<Record<string, unknown>>;

/** Reads the options of a file. A file that it extends and that does not exist adds none. */
export function compilerOptionsOf(file: string, level = 0): CompilerFlags {
  if (level > 10 || !existsSync(file)) return {};
  const content = parse(readFileSync(file, 'utf8')) as { extends?: unknown; compilerOptions?: CompilerFlags } | undefined;
  const bases = [content?.extends ?? []].flat().filter((base): base is string => typeof base === 'string');
  const inherited = bases.map((base) => compilerOptionsOf(baseFile(file, base), level + 1));
  return Object.assign({}, ...inherited, content?.compilerOptions);
}

function baseFile(file: string, base: string): string {
  if (/^\.{0,2}\//.test(base) || /^\.{1,2}$/.test(base)) {
    const path = resolve(dirname(file), base);
    return existsSync(path) && path.endsWith('.json') ? path : `${path}.json`;
  }
  for (const name of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      return createRequire(file).resolve(name);
    } catch {
      // another form of the name
    }
  }
  return join(dirname(file), 'node_modules', base);
}
