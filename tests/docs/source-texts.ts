/** The texts that the sources of the packages can print, and a search for the fixed parts of a quoted message. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from '@typescript/typescript6';
import { ROOT } from './doc-programs';

/** Between two texts: no quoted message has it, so no match crosses the end of a text. */
export const END = '\u0000';
/** Shortest piece of a message that counts as found. A message that is put together from several texts is found in pieces. */
const SHORTEST = 6;
/** Most pieces of one fixed part: with more, almost any sentence would be found. */
const MOST_PIECES = 4;

/** Every string of the packages' sources, and every fixed part of a template, one after the other, by file. */
export function sourceTexts(): Map<string, string> {
  return new Map(sources(join(ROOT, 'packages')).map((path) => [path, textsIn(path).join(END)]));
}

/** The fixed parts of a message: `<name>` stands for a part that differs. */
export function fixedParts(message: string): string[] {
  return message
    .split(/<[^<>]+>/)
    .map((part) => part.replace(/^[\s().,:;"'[\]]+|[\s().,:;"'[\]]+$/g, ''))
    .filter((part) => part !== '');
}

/** The first fixed part of a message that the texts do not have; `undefined` if they have all. A part can consist of several texts in a row. */
export function missingPart(message: string, texts: Iterable<string>): string | undefined {
  const all = [...texts].join(END);
  return fixedParts(message).find((part) => !isFound(part, all));
}

function isFound(part: string, texts: string): boolean {
  let rest = part;
  for (let pieces = 0; rest !== ''; pieces++) {
    if (pieces === MOST_PIECES) return false;
    const found = longestStart(rest, texts);
    if (found < Math.min(SHORTEST, part.length)) return false;
    rest = rest.slice(found).trimStart();
  }
  return true;
}

/** The length of the longest start of a text that the texts have. */
export function longestStart(text: string, texts: string): number {
  let [has, lacks] = [0, text.length + 1];
  while (lacks - has > 1) {
    const middle = Math.floor((has + lacks) / 2);
    if (texts.includes(text.slice(0, middle))) has = middle;
    else lacks = middle;
  }
  return has;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^\w[\w-]*\/src\/.*(?<!\.spec)\.m?ts$/.test(path))
    .map((path) => join(folder, path));
}

function textsIn(path: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) texts.push(node.text);
    if (ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true));
  return texts;
}
