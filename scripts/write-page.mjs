/** Bundles the page of the inspector into packages/inspector/bundle, with the licences of its libraries; `--check` only compares. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { textOf } from './read-sources.mjs';
import { ROOT } from './run-command.mjs';

const PAGE = join(ROOT, 'packages/inspector/page');
const BUNDLE = 'packages/inspector/bundle';
const BANNER = '/** The page of the inspector, made by npm run page. The licences of its libraries are in NOTICES.txt. */';
const LIBRARIES = ['preact', 'uplot'];

const { outputFiles } = await build({
  entryPoints: ['main.tsx', 'page.css'].map((name) => ({ in: join(PAGE, name), out: 'page' })),
  outdir: join(ROOT, BUNDLE),
  absWorkingDir: ROOT,
  tsconfig: join(PAGE, 'tsconfig.json'),
  bundle: true,
  write: false,
  minify: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  banner: { js: BANNER, css: BANNER },
  define: { 'process.env.NODE_ENV': '"production"' },
});

const files = new Map([
  ...outputFiles.map(({ path, text }) => [path.slice(path.lastIndexOf('/') + 1), text]),
  ...['page.html', 'icon.svg'].map((name) => [name, readFileSync(join(PAGE, name), 'utf8')]),
  ['NOTICES.txt', LIBRARIES.map(noticeOf).join('\n')],
]);

const stale = [...files].filter(([name, text]) => !existsSync(join(ROOT, BUNDLE, name)) || textOf(`${BUNDLE}/${name}`) !== text);
if (process.argv.includes('--check')) {
  for (const [name] of stale) console.log(`${BUNDLE}/${name}: out of date; run npm run page`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  mkdirSync(join(ROOT, BUNDLE), { recursive: true });
  for (const [name, text] of stale) writeFileSync(join(ROOT, BUNDLE, name), text);
}
const bytes = [...files].map(([name, text]) => `${name} ${Buffer.byteLength(text)}`);
console.log(`page: ${bytes.join(', ')} bytes`);

/** The name, the version and the licence of a library that the bundle contains. */
function noticeOf(name) {
  const folder = join(ROOT, 'node_modules', name);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `${name} ${version}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}\n`;
}
