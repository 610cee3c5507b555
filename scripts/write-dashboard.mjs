/** Writes the Grafana dashboard from its typed source into packages/prometheus/grafana/concord.dashboard.json; `--check` only compares. */
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { register } from 'esbuild-register/dist/node.js';
import { textOf } from './read-sources.mjs';
import { ROOT } from './run-command.mjs';

const PAGE = 'packages/prometheus/grafana/concord.dashboard.json';

register({ target: 'node20' });
const { dashboard } = createRequire(import.meta.url)(join(ROOT, 'packages/prometheus/grafana/dashboard.ts'));
const written = `${JSON.stringify(dashboard, null, 2)}\n`;

if (process.argv.includes('--check')) {
  const same = existsSync(join(ROOT, PAGE)) && written === textOf(PAGE);
  console.log(`${PAGE}: ${same ? 'up to date' : 'out of date; run npm run dashboard'}`);
  process.exitCode = same ? 0 : 1;
} else writeFileSync(join(ROOT, PAGE), written);
