/** Edits that write decorators, or change what is written in them. */

import type { Edit } from '../suggesting/edit';
import type { Place, SourceDecorator, SourceElement } from './class-source';

/** The package that users import decorators from. */
const PACKAGE = 'concord-rpc';

/** A decorator of an element by name, the first. */
export function decoratorOf({ decorators }: SourceElement, name: string): SourceDecorator | undefined {
  return decorators.find((decorator) => decorator.name === name);
}

/** Writes a decorator in front of an element, and imports it where it is not. */
export function decorate(element: SourceElement, decorator: string): Edit[] {
  return [{ ...at(element.whole.file, element.whole.start), text: `${decorator} ` }];
}

/** Sets a member of the object that a decorator is given; the value is source text. */
export function setOption(decorator: SourceDecorator, member: string, value: string): Edit[] {
  const { options, file } = decorator;
  const known = options?.members.get(member);
  if (known !== undefined) return [{ ...known, text: value }];
  if (options === undefined) {
    const text = `${decorator.given === 0 ? '' : ', '}{ ${member}: ${value} }`;
    return [{ ...at(file, decorator.end - 1), text }]; // before the closing parenthesis
  }
  if (options.isEmpty) return [{ ...options, text: `{ ${member}: ${value} }` }];
  return [{ ...at(file, options.start + 1), text: ` ${member}: ${value},` }];
}

/** Puts another decorator in the place of one. */
export function replaceDecorator(decorator: SourceDecorator, text: string): Edit[] {
  return [{ file: decorator.file, start: decorator.start, end: decorator.end, text }];
}

/** Writes something right behind the name of an element; `!` there says the contrary of `?`, and goes. */
export function markOptional({ place }: SourceElement, text: string): Edit[] {
  const isSure = text[place.end] === '!';
  return [{ file: place.file, start: place.end, end: place.end + (isSure ? 1 : 0), text: '?' }];
}

/** Imports a name from a package into a file, unless it is imported already. */
export function importName(file: string, text: string, name: string, from = PACKAGE): Edit[] {
  const found = new RegExp(`import\\s*\\{([^}]*)\\}\\s*from\\s*['"]${from}['"]`).exec(text);
  if (found === null)
    return [{ ...at(file, 0), text: `import { ${name} } from '${from}';${text.includes('\r\n') ? '\r\n' : '\n'}` }];
  const [, names = ''] = found;
  if (names.split(',').some((each) => each.trim() === name)) return [];
  const last = found.index + found[0].indexOf('{') + 1 + names.trimEnd().replace(/,$/, '').length;
  return [{ ...at(file, last), text: `, ${name}` }];
}

function at(file: string, offset: number): Place {
  return { file, start: offset, end: offset };
}
