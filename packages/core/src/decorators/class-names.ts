/** Names of DTO and error classes that are stated, so that no minifier changes them; others are refused if a minifier may have given them. */
import 'reflect-metadata';
import type { Class } from '../schema/type-token';

const NAME = Symbol.for('concord:name');

/** States the name of a DTO or error class. Subclasses do not inherit the name. */
export function stateName(type: Class, name: string): void {
  Reflect.defineMetadata(NAME, name, type);
}

/** Returns the stated name of a class; `undefined` if only the class itself has a name. */
export function statedName(type: Class): string | undefined {
  return Reflect.getOwnMetadata(NAME, type);
}

/** Returns the name of a DTO or error class in contracts. */
export function nameOf(type: Class): string {
  return statedName(type) ?? type.name;
}

/** Minifiers give the shortest free names. */
const LONGEST_SHORT = 2;

/** Returns whether the name of a class can be that of a minifier. */
export function isUnstable(className: string): boolean {
  return className !== '' && className.length <= LONGEST_SHORT;
}

/** Why an unstable name is refused, before the line to write. */
export const UNSTABLE = 'a name of one or two letters, which a minifier may have given, and which differs between builds';
