/** The data of an error class: its decorated fields, read as those of a DTO class are, and never with its constructor. */
import type { Class } from '../schema/type-ref';

const dataClasses = new WeakMap<Class, Class>();

/**
 * A class with the decorators and the prototype of an error class, and an empty constructor: that of the error class may want arguments, set
 * fields, or do something. One for each error class.
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
