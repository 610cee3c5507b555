/** Reads the types of parameters, fields and results, and finds the classes in them. */

import type { Node, Program, Type } from '../syntax/syntax';
import type { SourceType } from './class-source';

/** Types whose type argument is the result of a method. */
const WRAPPERS: ReadonlySet<string> = new Set(['Promise', 'AsyncIterable', 'AsyncIterableIterator', 'AsyncGenerator']);

/** The nodes from which the type of a declaration is read. */
export interface Typed {
  /** The type annotation; `undefined` if the type is inferred. */
  readonly annotation: Node | undefined;
  /** The node whose type the checker resolves; `undefined` if the annotation is a primitive type or an array of one. */
  readonly resolved: Node | undefined;
}

/** Returns the type nodes of a parameter or field. */
export function typedBy(program: Program, declaration: Node): Typed {
  const { type: annotation } = declaration;
  return { annotation, resolved: isPlain(program, annotation) ? undefined : (annotation ?? declaration) };
}

/** Returns the type nodes of a method's result or stream item; `undefined` if the return type has no annotation such as `Promise<T>`. */
export function resultOf(program: Program, { type: written }: Node): Typed | undefined {
  if (!program.is(written, 'TypeReference') || !WRAPPERS.has(written!.getText().split('<')[0]!)) return undefined;
  const [annotation] = written!.typeArguments ?? [];
  return annotation && { annotation, resolved: isPlain(program, annotation) ? undefined : annotation };
}

/** Returns true for `string`, `number`, `boolean` and arrays of them. */
function isPlain(program: Program, annotation: Node | undefined): boolean {
  if (program.is(annotation, 'ArrayType')) return isPlain(program, annotation!.elementType);
  return (['StringKeyword', 'NumberKeyword', 'BooleanKeyword'] as const).some((kind) => program.is(annotation, kind));
}

/** Reads a type. Its text is that of the annotation, or of the checker if there is no annotation. */
export function readType(program: Program, { annotation, resolved }: Typed): SourceType {
  const type = resolved && program.typeOf(resolved);
  const text = annotation?.getText().replace(/\s+/g, ' ');
  return type === undefined ? { ...PLAIN, text: text! } : factsOf(program, type, text);
}

/** Reads the type of a method's result, or of the items of its stream. */
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

/** Returns the literal values of a union, sorted; `undefined` for a type with other members, and for `boolean`. */
function valuesOf(program: Program, parts: readonly Type[]): SourceType['values'] {
  const literals = parts.map((part) => program.valueOf(part));
  if (literals.length === 0 || literals.some((literal) => literal === undefined)) return undefined;
  const values = literals.map((literal) => literal!.value);
  if (values.includes(true) && values.includes(false)) return undefined;
  return values.sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

/** Collects the classes in a type, through arrays, promises and unions. */
export function classesIn(program: Program, type: Type, found: Set<Node> = new Set()): ReadonlySet<Node> {
  for (const part of program.partsOf(type)) {
    if (program.kindOf(part) !== 'other') continue;
    const declared = program.classOf(part);
    if (declared !== undefined) found.add(declared);
    else for (const inner of program.argumentsOf(part)) classesIn(program, inner, found);
  }
  return found;
}
