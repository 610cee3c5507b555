/**
 * Bundles the packages: each entry of a package becomes one file of JavaScript in `dist`, beside the declarations of `tsc`, so that a process that starts
 * reads few files. Other packages are not bundled in.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { ROOT } from './run-command.mjs';

/** The file of a package whose entries have modules in common. A module in two bundles would be two copies of its classes and its state. */
const SHARED = 'shared.js';

/** Entries that run in processes or threads of their own, where no other entry of their package is loaded. */
const PROCESSES = { cli: ['program.js'], create: ['program.js'], testing: ['status-proxy.js'] };

/** Modules that may be in several bundles of a package: objects without state. */
const COPIED = /^packages\/testing\/src\/contract-matchers\.ts$/;

/**
 * Ends a bundle: makes exports plain values, also those of exported namespaces. As the getters that esbuild writes, they would be a call at each use.
 */
const plain = (exports) => `module.exports = (function plain(names, isInner) {
  const isNamespace = (value) => {
    const properties = typeof value === 'object' ? Object.values(Object.getOwnPropertyDescriptors(value ?? {})) : [];
    return properties.length > 0 && properties.every(({ get }) => get !== undefined);
  };
  const values = Object.entries(names).map(([name, value]) => [name, !isInner && isNamespace(value) ? plain(value, true) : value]);
  return Object.defineProperty(Object.fromEntries(values), '__esModule', { value: true });
})(${exports});
`;

const OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  plugins: [{ name: 'compiled checks', setup: compileChecks }],
};

/** Bundles every package. Rejects if a module of one cannot be found. */
export async function bundlePackages() {
  await Promise.all(readdirSync(join(ROOT, 'packages')).map(bundlePackage));
}

async function bundlePackage(name) {
  const folder = join(ROOT, 'packages', name);
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const entries = Object.values(exports).flatMap((each) => (each.default ? [each.default.slice('./dist/'.length)] : []));
  const bundle = async (file, input) => {
    const outfile = join(folder, 'dist', file);
    const form = file.endsWith('.mjs') ? { format: 'esm' } : { format: 'cjs', footer: { js: plain('module.exports') } };
    const built = await build({ ...OPTIONS, ...input, ...form, outfile });
    writeFileSync(outfile, withEachOnce(readFileSync(outfile, 'utf8')));
    return built;
  };
  const bundleEntry = (file) => bundle(file, { entryPoints: [join(folder, 'src', file.replace(/js$/, 'ts'))] });
  const processes = PROCESSES[name] ?? [];
  const [built] = await Promise.all([Promise.all(entries.map(bundleEntry)), ...processes.map(bundleEntry)]);
  const bundles = [...entries, ...processes];
  if (inSeveral(built.map(({ metafile }) => Object.keys(metafile.inputs))).length > 0) {
    // the source map must name a published file for this source, which is made from the manifest
    await bundle(SHARED, {
      stdin: { contents: sourceOf(entries), resolveDir: join(folder, 'src'), sourcefile: '../package.json' },
    });
    for (const file of entries) writeFileSync(join(folder, 'dist', file), entryText(folder, file));
    bundles.splice(0, entries.length, SHARED);
  }
  removeOthers(join(folder, 'dist'), [...entries, ...bundles, ...bundles.map((file) => `${file}.map`)]);
}

/** Returns a bundle that requires each package once: esbuild writes a `require` for each source that imports the package, and Node resolves each. */
function withEachOnce(text) {
  const names = new Map();
  return text.replaceAll(/^var (import_\w+) = require\(("[^"]+")\);$/gm, (statement, name, from) => {
    const known = names.get(from);
    if (known === undefined) names.set(from, name);
    return known === undefined ? statement : `var ${name} = ${known};`;
  });
}

/** Puts the compiled check of contract files in place of the module that compiles it. */
function compileChecks({ onLoad }) {
  onLoad({ filter: /\/files\/contract-check\.ts$/ }, async ({ path }) => {
    const [{ CONTRACT_SCHEMA }, { CHECK_OPTIONS }] = await Promise.all(
      ['contract-schema.ts', 'check-options.ts'].map((file) => exportsOf(join(dirname(path), file))),
    );
    const ajv = new Ajv2020.default({ ...CHECK_OPTIONS, code: { ...CHECK_OPTIONS.code, source: true } });
    ajv.addSchema(CONTRACT_SCHEMA, 'contract');
    return { contents: standaloneCode.default(ajv, { checkContract: 'contract' }), loader: 'js' };
  });
}

/** Runs a source and returns its exports. */
async function exportsOf(file) {
  const { outputFiles } = await build({ entryPoints: [file], bundle: true, write: false, format: 'cjs', platform: 'node' });
  const module = { exports: {} };
  new Function('module', outputFiles[0].text)(module);
  return module.exports;
}

/** The modules that are in several of the lists, without those that may be. */
function inSeveral(lists) {
  const all = lists.flat().filter((each) => !COPIED.test(each));
  return all.filter((each, index) => all.indexOf(each) !== index);
}

/** The module that exports each entry as an object under its name. */
function sourceOf(entries) {
  return entries.map((file) => `export * as ${nameOf(file)} from './${nameOf(file)}';`).join('\n');
}

/** An entry that is a part of the shared file. The last line states the names for `import` from ES modules, which reads them without running the file. */
function entryText(folder, file) {
  const name = nameOf(file);
  const names = Object.keys(createRequire(join(folder, 'package.json'))(`./dist/${SHARED}`)[name]);
  return `"use strict";\n${plain(`require("./${SHARED}").${name}`)}0 && (module.exports = { ${names.join(', ')} });\n`;
}

function nameOf(file) {
  return file.replace(/\.m?js$/, '');
}

/** Removes JavaScript of another build. */
function removeOthers(folder, files) {
  for (const output of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (/\.m?js(\.map)?$/.test(output) && !files.includes(output)) rmSync(join(folder, output));
  }
}
