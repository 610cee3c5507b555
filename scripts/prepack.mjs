/** Prepares a package for `npm pack`: copies the licence into it, and removes declarations of sources that no longer exist. Runs in the package. */
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

copyFileSync(new URL('../LICENSE', import.meta.url), 'LICENSE');
const outputs = readdirSync('dist', { recursive: true, encoding: 'utf8' });
for (const output of outputs) {
  const [, path, kind] = /^(.*?)\.d\.(m?ts)(?:\.map)?$/.exec(output) ?? [];
  if (path !== undefined && !existsSync(join('src', `${path}.${kind}`))) rmSync(join('dist', output));
}
