/** Reads the JSDoc of a declaration, without its tags. */
import type { Node } from '../syntax/syntax';

/** Returns the text of the last JSDoc before a declaration; `undefined` if there is no JSDoc, or it has only tags. */
export function readDoc(declaration: Node): string | undefined {
  const { text } = declaration.getSourceFile();
  const before = text.slice(declaration.pos, declaration.getStart());
  const comment = before.slice(before.lastIndexOf('/**'));
  const body = /^\/\*\*([\s\S]*?)\*\//.exec(comment)?.[1];
  if (body === undefined) return undefined;
  const lines = body.split(/\r?\n/).map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
  const tags = lines.findIndex((line) => /^\s*@\w/.test(line));
  const prose = (tags < 0 ? lines : lines.slice(0, tags)).join('\n').trim();
  return prose === '' ? undefined : prose;
}
