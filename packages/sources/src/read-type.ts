/** Reads types: what their values may be, and which classes they reach. */
import type { SourceType } from './class-source';
import type { Node, Program, Type } from './syntax';

/** What is awaited or iterated before there is a value. */
const WRAPPERS: ReadonlySet<string> = new Set(['Promise', 'AsyncIterable', 'AsyncIterableIterator', 'AsyncGenerator']);

/** A type, as it is written if it is, else as the checker says it. */
export function readType(program: Program, type: Type, annotation: Node | undefined): SourceType {
  const parts = program.partsOf(type);
  const kinds = parts.map((part) => program.kindOf(part));
  const known = parts.filter((_, index) => kinds[index] !== 'undefined' && kinds[index] !== 'null');
  return {
    text: annotation === undefined ? program.textOf(type) : annotation.getText().replace(/\s+/g, ' '),
    isOptional: kinds.includes('undefined'),
    isNothing: kinds.every((kind) => kind === 'undefined'),
    isNullable: kinds.includes('null'),
    values: valuesOf(program, known),
  };
}

/** What a method gives in the end: what its promise resolves to, or an item of its stream. */
export function readResult(program: Program, method: Node): SourceType {
  const type = program.returnTypeOf(method);
  const [inner] = type === undefined ? [] : program.argumentsOf(type);
  const { type: written } = method;
  const annotation =
    program.is(written, 'TypeReference') && WRAPPERS.has(written!.getText().split('<')[0]!)
      ? written!.typeArguments?.[0]
      : undefined;
  return inner === undefined ? UNKNOWN : readType(program, inner, annotation);
}

const UNKNOWN: SourceType = { text: 'unknown', isOptional: false, isNothing: false, isNullable: false, values: undefined };

/** Both values of a boolean are no list of values. */
function valuesOf(program: Program, parts: readonly Type[]): SourceType['values'] {
  const literals = parts.map((part) => program.valueOf(part));
  if (literals.length === 0 || literals.some((literal) => literal === undefined)) return undefined;
  const values = literals.map((literal) => literal!.value);
  if (values.includes(true) && values.includes(false)) return undefined;
  return values.sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

/** The classes that a type is made of, at any depth of arrays, promises and unions. */
export function classesIn(program: Program, type: Type, found: Set<Node> = new Set()): ReadonlySet<Node> {
  for (const part of program.partsOf(type)) {
    const declared = program.classOf(part);
    if (declared !== undefined) found.add(declared);
    else for (const inner of program.argumentsOf(part)) classesIn(program, inner, found);
  }
  return found;
}
