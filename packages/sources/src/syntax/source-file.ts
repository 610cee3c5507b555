/** Finds the TypeScript source of a module by its source map. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const LAST_MAP = /^\/\/# sourceMappingURL=(\S+)\s*$/m;
const IN_PLACE = /^data:application\/json[^,]*;base64,(.*)$/;

/** Returns the path of the TypeScript source: the module itself, or the file that its source map names; `undefined` if there is none. */
export function sourceOf(module: string): string | undefined {
  if (isSource(module)) return module;
  const url = LAST_MAP.exec(readFileSync(module, 'utf8'))?.[1];
  if (url === undefined) return undefined;
  const map = resolve(dirname(module), decodeURIComponent(url));
  const text = IN_PLACE.test(url)
    ? Buffer.from(IN_PLACE.exec(url)![1]!, 'base64').toString()
    : existsSync(map)
      ? readFileSync(map, 'utf8')
      : '';
  const source = sourceIn(text);
  const file = source && resolve(dirname(IN_PLACE.test(url) ? module : map), source);
  return file !== undefined && isSource(file) && existsSync(file) ? file : undefined;
}

function isSource(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file) && !/\.d\.[cm]?ts$/.test(file);
}

/** Returns the source that a map names; `undefined` for a bundle of several sources. */
function sourceIn(map: string): string | undefined {
  try {
    const { sources, sourceRoot = '' } = JSON.parse(map) as {
      readonly sources?: readonly string[];
      readonly sourceRoot?: string;
    };
    return sources?.length === 1
      ? `${sourceRoot}${sourceRoot === '' || sourceRoot.endsWith('/') ? '' : '/'}${sources[0]}`
      : undefined;
  } catch {
    return undefined;
  }
}
