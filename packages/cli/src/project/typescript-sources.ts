/** Makes `require` load TypeScript with decorators, through the project's swc. */
import { existsSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { CommandFailure } from '../console/command-failure';

/** The part of swc that is used. */
interface Swc {
  transformSync(source: string, options: object): { readonly code: string };
}

/** The part of Node's module loader that is used; @types/node does not declare it. */
interface Loader {
  _extensions: Record<string, ((module: Compiling, file: string) => void) | undefined>;
  _resolveFilename(request: string, ...rest: unknown[]): string;
}
interface Compiling {
  _compile(code: string, file: string): void;
}

const OPTIONS = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    target: 'es2022',
    keepClassNames: true,
    // as tsc compiles decorated classes
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
  swcrc: false,
};
const EXTENSIONS = ['.ts', '.mts', '.cts'];

let isReady = false;

/** Returns whether a module is TypeScript. */
export function isTypeScript(file: string): boolean {
  return EXTENSIONS.some((extension) => file.endsWith(extension)) && !file.endsWith('.d.ts');
}

/**
 * Makes `require` load TypeScript for the rest of the process.
 *
 * @throws CommandFailure if the project has no @swc/core.
 */
export function readTypeScript(root: string, entry: string): void {
  if (isReady) return;
  const swc = swcOf(root, entry);
  const loader = Module as unknown as Loader;
  for (const extension of EXTENSIONS) {
    loader._extensions[extension] = (module, filename) => {
      module._compile(swc.transformSync(readFileSync(filename, 'utf8'), { ...OPTIONS, filename }).code, filename);
    };
  }
  const resolve = loader._resolveFilename;
  // an ECMAScript import of ./ports.ts is written ./ports.js in TypeScript
  loader._resolveFilename = function (request, ...rest) {
    try {
      return resolve.call(this, request, ...rest);
    } catch (thrown) {
      if (!/^\.{1,2}\/.*\.[mc]?js$/.test(request)) throw thrown;
      return resolve.call(this, request.replace(/js$/, 'ts'), ...rest);
    }
  };
  isReady = true;
}

function swcOf(root: string, entry: string): Swc {
  for (const folder of [root, __dirname]) {
    try {
      return createRequire(join(folder, 'package.json'))('@swc/core') as Swc;
    } catch (thrown) {
      if (existsSync(join(folder, 'node_modules/@swc/core'))) throw thrown;
    }
  }
  throw new CommandFailure(
    `${entry} is TypeScript, and the project has no @swc/core to compile it`,
    'name the compiled module (dist/….js), or install swc: npm i -D @swc/core',
  );
}
