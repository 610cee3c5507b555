/** Reads types: what their values may be, and which classes they reach. */

import type { Node, Program, Type } from '../syntax/syntax';
import type { SourceType } from './class-source';

/** What is awaited or iterated before there is a value. */
const WRAPPERS: ReadonlySet<string> = new Set(['Promise', 'AsyncIterable', 'AsyncIterableIterator', 'AsyncGenerator']);

/** Something with a type: the nodes that the checker is asked about. */
export interface Typed {
  /** What is written; `undefined` where the type follows from something else. */
  readonly annotation: Node | undefined;
  /** What to ask the checker about; `undefined` where what is written says it all. */
  readonly asked: Node | undefined;
}

/** The type of a parameter or field. */
export function typedBy(program: Program, declaration: Node): Typed {
  const { type: annotation } = declaration;
  return { annotation, asked: isPlain(program, annotation) ? undefined : (annotation ?? declaration) };
}

/** What a method gives in the end: what its promise resolves to, or an item of its stream; `undefined` where only the checker knows. */
export function resultOf(program: Program, { type: written }: Node): Typed | undefined {
  if (!program.is(written, 'TypeReference') || !WRAPPERS.has(written!.getText().split('<')[0]!)) return undefined;
  const [annotation] = written!.typeArguments ?? [];
  return annotation && { annotation, asked: isPlain(program, annotation) ? undefined : annotation };
}

/** `string`, `number`, `boolean`, and arrays of them. */
function isPlain(program: Program, annotation: Node | undefined): boolean {
  if (program.is(annotation, 'ArrayType')) return isPlain(program, annotation!.elementType);
  return (['StringKeyword', 'NumberKeyword', 'BooleanKeyword'] as const).some((kind) => program.is(annotation, kind));
}

/** A type, as it is written if it is, else as the checker says it. */
export function readType(program: Program, { annotation, asked }: Typed): SourceType {
  const type = asked && program.typeOf(asked);
  const text = annotation?.getText().replace(/\s+/g, ' ');
  return type === undefined ? { ...PLAIN, text: text! } : factsOf(program, type, text);
}

/** What a method gives in the end. */
export function readResult(program: Program, method: Node): SourceType {
  const written = resultOf(program, method);
  if (written !== undefined) return readType(program, written);
  const type = program.returnTypeOf(method);
  const [inner] = type === undefined ? [] : program.argumentsOf(type);
  return inner === undefined ? { ...PLAIN, text: 'unknown' } : factsOf(program, inner, undefined);
}

const PLAIN = { isOptional: false, isNothing: false, isNullable: false, values: undefined };

function factsOf(program: Program, type: Type, text: string | undefined): SourceType {
  const parts = program.partsOf(type);
  const kinds = parts.map((part) => program.kindOf(part));
  const known = parts.filter((_, index) => kinds[index] !== 'undefined' && kinds[index] !== 'null');
  return {
    text: text ?? program.textOf(type),
    isOptional: kinds.includes('undefined'),
    isNothing: kinds.every((kind) => kind === 'undefined'),
    isNullable: kinds.includes('null'),
    values: valuesOf(program, known),
  };
}

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
    if (program.kindOf(part) !== 'other') continue;
    const declared = program.classOf(part);
    if (declared !== undefined) found.add(declared);
    else for (const inner of program.argumentsOf(part)) classesIn(program, inner, found);
  }
  return found;
}
