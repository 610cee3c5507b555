/** The compiler options of a project: its `tsconfig.json`, and the files that it extends. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'jsonc-parser';

/** Compiler options by name, as they are written. */
export type CompilerOptions = Readonly<Record<string, unknown>>;

const DEEPEST = 16;

/** Returns the compiler options of a file, with those of the files that it extends; `undefined` if it does not exist. */
export function compilerOptionsOf(file: string): CompilerOptions | undefined {
  return existsSync(file) ? optionsIn(file, 0) : undefined;
}

function optionsIn(file: string, depth: number): CompilerOptions {
  const { extends: bases = [], compilerOptions = {} } = (readJsonc(file) ?? {}) as {
    readonly extends?: string | readonly string[];
    readonly compilerOptions?: CompilerOptions;
  };
  const inherited = depth >= DEEPEST ? [] : [bases].flat().map((base) => baseOf(String(base), file));
  const options = inherited.map((base) => (base === undefined ? {} : optionsIn(base, depth + 1)));
  return Object.assign({}, ...options, compilerOptions) as CompilerOptions;
}

/** Reads JSON with comments and trailing commas; `undefined` if it is not an object. */
export function readJsonc(file: string): Readonly<Record<string, unknown>> | undefined {
  const value: unknown = parse(readFileSync(file, 'utf8'), [], { allowTrailingComma: true });
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** The file that a `tsconfig.json` extends: a path, or a file of a package. */
function baseOf(base: string, file: string): string | undefined {
  if (base.startsWith('.') || isAbsolute(base)) {
    const path = resolve(dirname(file), base);
    return [path, `${path}.json`, join(path, 'tsconfig.json')].find((each) => /\.json$/.test(each) && existsSync(each));
  }
  const load = createRequire(file);
  for (const name of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      return load.resolve(name);
    } catch {
      // the next form of the name
    }
  }
  return undefined;
}
