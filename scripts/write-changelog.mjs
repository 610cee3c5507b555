/** Copies the newest section of the packages' change logs into CHANGELOG.md, each entry once. `npm run version` runs it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run-command.mjs';

const MARK = '<!-- releases -->\n';
const PAGE = join(ROOT, 'CHANGELOG.md');
const { version } = JSON.parse(readFileSync(join(ROOT, 'packages/concord-rpc/package.json'), 'utf8'));

const logs = readdirSync(join(ROOT, 'packages'))
  .map((name) => join(ROOT, 'packages', name, 'CHANGELOG.md'))
  .filter(existsSync)
  .map((path) => readFileSync(path, 'utf8'));
const entries = new Set(logs.flatMap(entriesOf).filter((entry) => !/^- Updated dependencies/.test(entry)));
const page = readFileSync(PAGE, 'utf8');

if (!page.includes(MARK)) throw new Error(`CHANGELOG.md has no line ${MARK.trim()}; new sections are written below it`);
if (entries.size > 0 && !page.includes(`\n## ${version}\n`)) {
  const section = `\n## ${version}\n\n${[...entries].join('\n')}\n`;
  writeFileSync(
    PAGE,
    page.replace(MARK, () => `${MARK}${section}`),
  );
}
console.log(`CHANGELOG.md: ${version}, ${entries.size} entries`);

/** The list items under this version's heading in one package's change log. */
function entriesOf(log) {
  const section = log.split(/^## /m).find((part) => part.startsWith(`${version}\n`)) ?? '';
  return section
    .split(/^### .*$/m)
    .slice(1)
    .flatMap((part) => part.split(/^(?=- )/m))
    .map((entry) => entry.trim())
    .filter((entry) => entry.startsWith('- '));
}
