/** The files of the page, as `npm run page` builds them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../bundle');
const TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' } as const;

/** A file and its type for HTTP. */
export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/** Reads the files, by their path below the folder of the page. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  const file = (name: string): PageFile => ({
    type: `${TYPES[name.slice(name.lastIndexOf('.') + 1) as keyof typeof TYPES]}; charset=utf-8`,
    content: readFileSync(join(FOLDER, name)),
  });
  return new Map([['', file('page.html')], ...['page.js', 'page.css', 'icon.svg'].map((name) => [name, file(name)] as const)]);
}
