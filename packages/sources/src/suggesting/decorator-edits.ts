/** Edits of source text that add decorators or change their arguments. */

import type { SourceDecorator, SourceElement, SourceRange } from '../reading/class-source';
import type { Edit } from './edit';

/** The package from which users import decorators. */
const PACKAGE = 'concord-rpc';

/** Returns the first decorator of an element with this name. */
export function decoratorOf({ decorators }: SourceElement, name: string): SourceDecorator | undefined {
  return decorators.find((decorator) => decorator.name === name);
}

/** Inserts a decorator in front of an element. It does not import the decorator. */
export function decorate(element: SourceElement, decorator: string): Edit[] {
  return [{ ...at(element.range.file, element.range.start), text: `${decorator} ` }];
}

/** Sets a member of a decorator's options object; `value` is source text. Adds the object if it is missing. */
export function setOption(decorator: SourceDecorator, member: string, value: string): Edit[] {
  const { options, file } = decorator;
  const known = options?.members.get(member);
  if (known !== undefined) return [{ ...known, text: value }];
  if (options === undefined) {
    const text = `${decorator.argumentCount === 0 ? '' : ', '}{ ${member}: ${value} }`;
    return [{ ...at(file, decorator.end - 1), text }]; // before the closing parenthesis
  }
  if (options.isEmpty) return [{ ...options, text: `{ ${member}: ${value} }` }];
  return [{ ...at(file, options.start + 1), text: ` ${member}: ${value},` }];
}

/** Replaces a decorator by other source text. */
export function replaceDecorator(decorator: SourceDecorator, text: string): Edit[] {
  return [{ file: decorator.file, start: decorator.start, end: decorator.end, text }];
}

/** Adds `?` after the name of an element; a `!` there is replaced. */
export function markOptional({ nameRange }: SourceElement, text: string): Edit[] {
  const { file, end } = nameRange;
  return [{ file, start: end, end: end + (text[end] === '!' ? 1 : 0), text: '?' }];
}

/** Adds an import of a name to a file; no edit if the file imports the name already. `text`: the text of the file. */
export function importName(file: string, text: string, name: string, from = PACKAGE): Edit[] {
  const found = new RegExp(`import\\s*\\{([^}]*)\\}\\s*from\\s*['"]${from}['"]`).exec(text);
  if (found === null)
    return [{ ...at(file, 0), text: `import { ${name} } from '${from}';${text.includes('\r\n') ? '\r\n' : '\n'}` }];
  const [, names = ''] = found;
  if (names.split(',').some((each) => each.trim() === name)) return [];
  const last = found.index + found[0].indexOf('{') + 1 + names.trimEnd().replace(/,$/, '').length;
  return [{ ...at(file, last), text: `, ${name}` }];
}

function at(file: string, offset: number): SourceRange {
  return { file, start: offset, end: offset };
}
