/** Links of the pages: to other pages of the site, or to the repository for everything that the site does not have. */
import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { PLAN, pagesIn } from '../../../scripts/read-pages.mjs';
import { textOf } from '../../../scripts/read-sources.mjs';
import { ROOT } from '../../../scripts/run-command.mjs';

/** The home of the site, as a path from docs. */
export const siteHome = 'site/index.md';

/** The address of the repository. */
export const REPOSITORY: string = JSON.parse(textOf('packages/concord-rpc/package.json')).repository.url.replace(
  /^git\+|\.git$/g,
  '',
);

const pages = new Set<string>([siteHome, ...pagesIn(PLAN.sidebar)]);
const NOT_A_FILE = /^([a-z]+:|#|\/)/;

/** Returns the path of a page in the site. The `README.md` of a folder is its `index.md`. */
export function sitePath(page: string): string {
  return page === siteHome ? 'index.md' : page.replace(/README\.md$/, 'index.md');
}

/** Changes the links of each page. A link to a file that does not exist stays as it is, and the build reports it. */
export function linkToRepository(md: MarkdownRenderer): void {
  md.core.ruler.push('link_to_repository', ({ tokens, env }) => {
    const file: string | undefined = env.realPath ?? env.path;
    if (file === undefined) return; // the title of a box, which VitePress renders alone
    const page = posix.relative(join(ROOT, 'docs'), file);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null;
      if (href !== null && !NOT_A_FILE.test(href)) token.attrSet('href', addressOf(href, page));
    }
  });
}

function addressOf(href: string, page: string): string {
  const [path = '', anchor] = href.split('#');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  const target = posix.normalize(posix.join('docs', posix.dirname(page), path));
  const inSite = [target, `${target}/README.md`].map((each) => posix.relative('docs', each)).find((each) => pages.has(each));
  if (inSite !== undefined) return posix.relative(posix.dirname(sitePath(page)), sitePath(inSite)) + hash;
  const file = join(ROOT, target);
  if (!existsSync(file)) return href;
  return `${REPOSITORY}/${statSync(file).isDirectory() ? 'tree' : 'blob'}/main/${target}${hash}`;
}
