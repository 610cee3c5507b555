/** The data of an error class: its decorated fields, read without its constructor. */
import type { Class } from '../schema/type-ref';

const dataClasses = new WeakMap<Class, Class>();

/**
 * Returns the class of an error class's data, one for each error class. It has the decorators and the prototype of the error class and
 * an empty constructor, because the constructor of the error class can require arguments and have side effects.
 */
export function dataClassOf(type: Class): Class {
  let dataClass = dataClasses.get(type);
  if (dataClass === undefined) dataClasses.set(type, (dataClass = standInFor(type)));
  return dataClass;
}

function standInFor(type: Class): Class {
  const standIn = class {};
  Object.defineProperty(standIn, 'name', { value: type.name });
  Object.setPrototypeOf(standIn, type);
  Object.setPrototypeOf(standIn.prototype, type.prototype as object);
  return standIn;
}
