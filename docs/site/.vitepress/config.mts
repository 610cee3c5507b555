/** The site of docs: its pages and their order come from docs/site/pages.json. */
import { type DefaultTheme, defineConfig } from 'vitepress';
import { anchorOf, PLAN, pagesIn, titleOf } from '../../../scripts/read-pages.mjs';
import { languages, nameDiagrams } from './languages.mts';
import { linkToRepository, REPOSITORY, siteHome, sitePath } from './links.mts';

type Part = string | { readonly [label: string]: Part };

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M13 4a6 6 0 1 0 0 8" fill="none" stroke="#5672cd" stroke-width="3"/></svg>',
)}`;

export default defineConfig({
  title: 'Concord',
  description: 'Version-checked RPC for TypeScript over NATS, for fleets that are never all on one version',
  lang: 'en',
  srcDir: '..',
  srcExclude: ['site/!(index.md)', ...Object.keys(PLAN.leftOut).map((path) => path.replace(/\/$/, '/**'))],
  rewrites: (page) => sitePath(page),
  cacheDir: 'node_modules/.vitepress',
  head: [['link', { rel: 'icon', href: ICON }]],
  markdown: {
    anchor: { slugify: anchorOf },
    languages,
    config(md) {
      linkToRepository(md);
      nameDiagrams(md);
    },
  },
  vite: { build: { chunkSizeWarningLimit: 3_000 } }, // the index of the search is one chunk
  themeConfig: {
    search: { provider: 'local', options: { miniSearch: { searchOptions: { boostDocument } } } },
    nav: Object.entries(PLAN.nav as Record<string, string>).map(([text, page]) => ({ text, link: linkTo(page) })),
    sidebar: itemsOf(PLAN.sidebar),
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    editLink: { pattern: `${REPOSITORY}/edit/main/docs/:path`, text: 'Edit this page' },
    footer: { message: 'Apache License 2.0' },
  },
  transformPageData({ filePath, frontmatter }) {
    const isGenerated = PLAN.generated.some((path: string) => filePath.startsWith(path));
    if (isGenerated || filePath === siteHome) return { frontmatter: { ...frontmatter, editLink: false } };
    return undefined;
  },
});

/** Returns the items of the sidebar. Parts below the first level are indented; the pages of a folder are hidden at first. */
function itemsOf(part: { readonly [label: string]: Part }, depth = 0): DefaultTheme.SidebarItem[] {
  return Object.entries(part).map(([text, inside]) => {
    if (typeof inside !== 'string') return { text, items: itemsOf(inside, depth + 1), ...(depth > 0 && { collapsed: false }) };
    if (!inside.endsWith('/')) return { text, link: linkTo(inside) };
    const below = pagesIn(inside).filter((page: string) => !page.endsWith('README.md'));
    const items = below.map((page: string) => ({ text: titleOf(page), link: linkTo(page) }));
    return { text, link: linkTo(`${inside}README.md`), collapsed: true, items };
  });
}

function linkTo(page: string): string {
  return `/${sitePath(page).replace(/(index)?\.md$/, '')}`;
}

/** Lets a search find messages and guides before details and decisions. It runs in the browser, without the rest of this file. */
function boostDocument(id: string): number {
  if (id.includes('/troubleshooting')) return 1.4;
  if (id.includes('/guides/')) return 1;
  return id.includes('/adr/') ? 0.3 : 0.7;
}
