/** Finds the files that use an exported name of a package, outside the package itself. */
import { repositoryFiles, textOf, withoutComments } from './read-sources.mjs';

const NAMED = /\b(?:import|export)\s+(?:type\s+)?(?:\w+\s*,\s*)?\{(?<names>[^}]*)\}\s*from\s*'(?<from>[^']+)'/g;
const FENCE = /^```\w+[^\n]*\n(?<code>[\s\S]*?)^```/gm;
/** Pages written from the names themselves. */
const WRITTEN = ['docs/api/', 'docs/reference/'];
/** The pages, examples and tests in which users meet a name of `concord-rpc`. */
const FOR_USERS = /^(?:README\.md$|docs\/|examples\/|tests\/)/;

const files = repositoryFiles()
  .filter((path) => /\.(ts|mjs|cjs|js|md)$/.test(path) && !WRITTEN.some((folder) => path.startsWith(folder)))
  .map((path) => ({ path, text: textOf(path), ...readFile(path) }));

/** Returns true if code outside a package, or code in a page, imports the name from the package. */
export function isUsed(name, packageName) {
  const module = `@concord-rpc/${packageName}`;
  return files.some(({ path, code, imported }) => {
    if (path.startsWith(`packages/${packageName}/`)) return false;
    if (imported.has(`${name} ${module}`)) return true;
    return mentionsOtherwise(code, module, packageName) && hasWord(code, name);
  });
}

/** Returns true if a guide, the README, an example or a test shows a name of `concord-rpc`. */
export function isShown(name) {
  return files.some(({ path, text }) => FOR_USERS.test(path) && hasWord(text, name));
}

function readFile(path) {
  const text = textOf(path);
  const code = path.endsWith('.md')
    ? [...text.matchAll(FENCE)].map(({ groups }) => groups.code).join('\n')
    : withoutComments(text);
  const imported = new Set();
  for (const { groups } of code.matchAll(NAMED)) {
    const from = groups.from.split('/').slice(0, 2).join('/');
    for (const each of groups.names.split(',')) {
      imported.add(
        `${each
          .trim()
          .replace(/^type\s+/, '')
          .replace(/\s+as\s.*$/, '')} ${from}`,
      );
    }
  }
  return { code: code.replace(NAMED, ' '), imported };
}

/** Imports at run time, of a whole module, or by a path: then any word of the file may be a use. */
function mentionsOtherwise(code, module, packageName) {
  return code.includes(`'${module}'`) || code.includes(`packages/${packageName}/`);
}

function hasWord(text, name) {
  return new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(text);
}
