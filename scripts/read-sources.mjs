/** Lists and reads the repository's files for the checks, with the imports of TypeScript files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run-command.mjs';

const NAMES = String.raw`(?:type\s+)?(?:\w+\s*,\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+)`;
const STATIC = new RegExp(String.raw`^(?:import|export)\s+(?:(?<names>${NAMES})\s*from\s*)?['"](?<from>[^'"\n]+)['"]`, 'gm');
const DYNAMIC = /\b(?:import|require|load)\(\s*['"](?<from>[^'"\n]+)['"]\s*\)/g;

/** Generated and installed folders: those in .gitignore, and .git. */
const MADE = new Set([
  '.git',
  ...textOf('.gitignore')
    .split('\n')
    .filter((line) => line.endsWith('/'))
    .map((line) => line.slice(0, -1)),
]);

/** Returns every file of the repository that is not generated or installed, as paths from its root. */
export function repositoryFiles(folder = '') {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return MADE.has(entry.name) ? [] : repositoryFiles(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Returns the text of a file of the repository. */
export function textOf(path) {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Returns a source with its comments blanked, so that line numbers stay the same. */
export function withoutComments(text) {
  const comments = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return text.replace(comments, (found, literal) => literal ?? found.replace(/[^\n]/g, ' '));
}

/** Returns the imports of a source in order: `{ from, line, typesOnly }`. With `typesOnly`, the import does not exist at run time. */
export function importsOf(text) {
  const code = withoutComments(text);
  return [...code.matchAll(STATIC), ...code.matchAll(DYNAMIC)].map(({ index, groups }) => ({
    from: groups.from,
    line: lineAt(code, index),
    typesOnly: isTypesOnly(groups.names ?? ''),
  }));
}

/** Returns the line number of a position, counted from 1. */
export function lineAt(text, position) {
  return text.slice(0, position).split('\n').length;
}

function isTypesOnly(names) {
  if (/^type\b/.test(names)) return true;
  const listed =
    /^\{([\s\S]*)\}$/
      .exec(names)?.[1]
      .split(',')
      .filter((name) => name.trim() !== '') ?? [];
  return listed.length > 0 && listed.every((name) => /^\s*type\s/.test(name));
}
