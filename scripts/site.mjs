/** `npm run site`: builds the pages of docs as a site, after installing its packages if they are missing. `--serve` shows the site. */
import { parseArgs } from 'node:util';
import { installPackages } from './install-missing.mjs';
import { runCommand } from './run-command.mjs';

const SITE = 'docs/site';
const VITEPRESS = ['node', `${SITE}/node_modules/vitepress/bin/vitepress.js`];

const { values } = parseArgs({
  options: { serve: { type: 'boolean' }, port: { type: 'string', default: '4173' }, base: { type: 'string', default: '/' } },
});

process.exitCode = (await installPackages(console.log, SITE)) ? await build() : 1;

async function build() {
  const base = ['--base', values.base];
  const { code } = await runCommand([...VITEPRESS, 'build', SITE, ...base], { live: true });
  if (code !== 0) return code;
  console.log(`site: built in ${SITE}/.vitepress/dist`);
  if (values.serve !== true) return 0;
  return (await runCommand([...VITEPRESS, 'preview', SITE, ...base, '--port', values.port], { live: true })).code;
}
