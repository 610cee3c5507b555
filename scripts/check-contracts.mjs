/** Runs `concord contract check` in each example, against the last commit if the folder is a git clone. */
import { join } from 'node:path';
import { repositoryFiles } from './read-sources.mjs';
import { ROOT, runCommand } from './run-command.mjs';

const CONFIG = '/concord.config.json';
const COMMAND = join(ROOT, 'packages/cli/bin/concord.js');

const folders = repositoryFiles()
  .filter((path) => path.startsWith('examples/') && path.endsWith(CONFIG))
  .map((path) => path.slice(0, -CONFIG.length));
const { code: withoutGit } = await runCommand(['git', 'rev-parse', '--verify', '--quiet', 'HEAD']);
const base = withoutGit === 0 ? 'HEAD' : 'none';
let failed = 0;

for (const folder of folders) {
  const { code, text } = await runCommand([process.execPath, COMMAND, 'contract', 'check', '--against', base], { cwd: folder });
  if (code !== 0) {
    failed++;
    console.log(`${folder}: ${text}`);
  }
}
console.log(`contracts: ${folders.length} examples checked against ${base}, ${failed} of them failed`);
process.exitCode = failed === 0 && folders.length > 0 ? 0 : 1;
