/** The source that a module was compiled from. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const LAST_MAP = /^\/\/# sourceMappingURL=(\S+)\s*$/m;
const IN_PLACE = /^data:application\/json[^,]*;base64,(.*)$/;

/** The TypeScript source of a module: itself, or what its source map names; `undefined` if neither is there. */
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

/** A map of a module that was bundled from several names no one source. */
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
