/** Reads docs/site/pages.json: the pages of docs, their order in the site, and the anchors of their headings. */
import { repositoryFiles, textOf } from './read-sources.mjs';

const PLAN_FILE = 'docs/site/pages.json';

/** The order of the site as data. Its paths start in docs. */
export const PLAN = JSON.parse(textOf(PLAN_FILE));

const pages = repositoryFiles('docs')
  .filter((path) => path.endsWith('.md') && !path.startsWith('docs/site/'))
  .map((path) => path.slice('docs/'.length))
  .sort();

/** Returns the pages of a part of the sidebar in order: a page, a folder that ends with `/`, or an object with parts. */
export function pagesIn(part) {
  if (typeof part !== 'string') return Object.values(part).flatMap(pagesIn);
  return part.endsWith('/') ? pages.filter((page) => page.startsWith(part)) : [part];
}

/** Returns the problems of the plan: pages that it lacks, has twice, or that do not exist. */
export function problemsOfPlan() {
  const planned = [...pagesIn(PLAN.sidebar), ...Object.keys(PLAN.leftOut).flatMap(pagesIn)];
  const named = [...planned, ...pagesIn(PLAN.nav)];
  return [
    ...named.filter((page) => !pages.includes(page)).map((page) => `there is no docs/${page}`),
    ...planned.filter((page, at) => planned.indexOf(page) !== at).map((page) => `docs/${page} is in it twice`),
    ...pages
      .filter((page) => !planned.includes(page))
      .map((page) => `docs/${page} is missing; add it to the sidebar, or to "leftOut" with the reason`),
  ].map((problem) => `${PLAN_FILE}: ${problem}`);
}

/** Returns the first heading of a page of docs, without backquotes. */
export function titleOf(page) {
  return /^# (.+)$/m.exec(textOf(`docs/${page}`))[1].replaceAll('`', '');
}

/** Returns the anchor that GitHub gives to a heading. */
export function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}
