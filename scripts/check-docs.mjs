/** Checks that links, anchors, paths, npm scripts and commands in the Markdown pages exist, and that the site has every page. The tests run the examples of the pages. */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { anchorOf, problemsOfPlan } from './read-pages.mjs';
import { lineAt, repositoryFiles, textOf } from './read-sources.mjs';
import { ROOT } from './run-command.mjs';

const LINK = /\[[^\]\n]*\]\((?<link>[^)\s]+)\)/g;
const CODE_SPAN = /`(?<code>[^`\n]+)`/g;
const SCRIPT = /\bnpm run (?<script>[\w:-]+)/g;
const PAGE_IN_SOURCE = /\bdocs\/[\w./-]+\.(?:md|json)\b/g;
/** Without the package, `npx concord` runs another project's program of that name. */
const FOREIGN = /\bnpx (?:-y |--yes |--no-install )?concord(?![\w-])/g;
const OUTSIDE = /^(https?:|mailto:)/;

const files = repositoryFiles();
const folders = new Set(files.map((path) => path.split('/')[0]));
const scripts = JSON.parse(textOf('package.json')).scripts;
const pages = files.filter((path) => path.endsWith('.md'));
const violations = problemsOfPlan();
let checked = 0;

for (const page of pages) {
  const text = textOf(page);
  const prose = text.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ' '));
  find(page, prose.replace(CODE_SPAN, blank), LINK, ({ link }) => problemOfLink(page, link));
  find(page, prose, CODE_SPAN, ({ code }) => problemOfPath(code));
  find(page, text, SCRIPT, ({ script }) => (script in scriptsFor(page) ? undefined : `package.json has no script ${script}`));
}
for (const file of files.filter((path) => /\.(md|ts|mjs|cjs|js|json|txt)$/.test(path) && path !== 'scripts/check-docs.mjs')) {
  find(file, textOf(file), FOREIGN, () => 'npx concord can be another project; write npx @concord-rpc/cli');
}
for (const source of files.filter((path) => /^(packages|examples|tests|scripts)\/.*\.(ts|mjs|cjs)$/.test(path))) {
  find(source, textOf(source), PAGE_IN_SOURCE, (_, path) => (exists(path) ? undefined : `there is no ${path}`));
}

for (const violation of violations) console.log(violation);
console.log(`docs: ${pages.length} pages, ${checked} links, paths and scripts, ${violations.length} of them wrong`);
process.exitCode = violations.length === 0 ? 0 : 1;

function find(file, text, pattern, problemOf) {
  for (const { index, groups, 0: found } of text.matchAll(pattern)) {
    checked++;
    const problem = problemOf(groups, found);
    if (problem !== undefined) violations.push(`${file}:${lineAt(text, index)}: ${problem}`);
  }
}

function problemOfLink(page, link) {
  if (OUTSIDE.test(link)) return undefined;
  const [path, anchor] = link.split('#');
  const target = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), path));
  if (target.startsWith('..') || !exists(target)) return `${link} leads nowhere`;
  if (anchor === undefined || !target.endsWith('.md')) return undefined;
  return anchorsOf(textOf(target)).has(anchor) ? undefined : `${target} has no heading #${anchor}`;
}

/** Inline code that begins with a folder of the repository is a path; `*` matches any name. */
function problemOfPath(code) {
  if (!/^[\w.*@/-]+$/.test(code) || !code.includes('/') || !folders.has(code.split('/')[0])) return undefined;
  return exists(code) ? undefined : `there is no ${code}`;
}

/** The scripts that a page can name: those of its template, or of this repository. */
function scriptsFor(page) {
  const [template] = /^packages\/create\/templates\/\w+\//.exec(page) ?? [];
  return template === undefined ? scripts : JSON.parse(textOf(`${template}package.json`)).scripts;
}

function exists(path) {
  if (!path.includes('*')) return existsSync(join(ROOT, path));
  const form = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}(/|$)`);
  return files.some((file) => form.test(file));
}

/** Returns the anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text) {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);
  return new Set(headings.map(anchorOf));
}

function blank(text) {
  return ' '.repeat(text.length);
}
