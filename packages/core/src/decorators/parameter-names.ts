/** Reads the names and defaults of a method's parameters from its source text, the only place that has them at run time. */

/** One parameter as written. */
export interface WrittenParameter {
  /** Without the leading `_` of unused parameters in stubs; `undefined` for a destructured parameter. */
  readonly name: string | undefined;
  readonly hasDefault: boolean;
  readonly isRest: boolean;
}

const OPEN = '([{';
const CLOSE = ')]}';
const QUOTES = '\'"`';
const COMMENTS = [
  ['/*', '*/'],
  ['//', '\n'],
] as const;
const LEADING_COMMENTS = /^(?:\s|\/\*[\s\S]*?\*\/|\/\/.*\n)+/;
const NAME = /^(?:\.\.\.)?\s*_*([\w$]+)/;

/** Returns the parameters of a function, in order; none if its text is not available (native or bound functions). */
export function writtenParameters(method: (...args: never[]) => unknown): WrittenParameter[] {
  const source = Function.prototype.toString.call(method);
  const start = source.indexOf('(');
  if (start < 0) return [];
  const parameters: WrittenParameter[] = [];
  let depth = 0;
  let from = start + 1;
  let quote = '';
  let hasDefault = false;
  for (let at = start; at < source.length; at++) {
    const character = source[at]!;
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
      continue;
    }
    const comment = COMMENTS.find(([begin]) => source.startsWith(begin, at));
    if (comment !== undefined) {
      const end = source.indexOf(comment[1], at + 2);
      at = end < 0 ? source.length : end + comment[1].length - 1;
      continue;
    }
    if (QUOTES.includes(character)) quote = character;
    else if (OPEN.includes(character)) depth++;
    else if (CLOSE.includes(character)) depth--;
    else if (character === '=' && depth === 1) hasDefault = true;
    const ends = depth === 0;
    if (ends || (character === ',' && depth === 1)) {
      const text = source.slice(from, at).replace(LEADING_COMMENTS, '').trim();
      if (text !== '' && text !== '[native code]')
        parameters.push({ name: NAME.exec(text)?.[1], isRest: text.startsWith('...'), hasDefault });
      from = at + 1;
      hasDefault = false;
    }
    if (ends) break;
  }
  return parameters;
}
