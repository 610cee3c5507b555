/** The data of an error class: its decorated fields, read without its constructor. */
import { stateName } from '../decorators/class-names';
import type { Class } from '../schema/type-token';

const dataClasses = new WeakMap<Class, Class>();

/**
 * Returns the class of an error class's data, one for each error class. It has the decorators and the prototype of the error class and
 * an empty constructor, because the constructor of the error class can require arguments and have side effects. `name`: the stated name, if it has one.
 */
export function dataClassOf(type: Class, name: string | undefined): Class {
  let dataClass = dataClasses.get(type);
  if (dataClass === undefined) dataClasses.set(type, (dataClass = standInFor(type, name)));
  return dataClass;
}

function standInFor(type: Class, name: string | undefined): Class {
  const standIn = class {};
  Object.defineProperty(standIn, 'name', { value: type.name });
  Object.setPrototypeOf(standIn, type);
  Object.setPrototypeOf(standIn.prototype, type.prototype as object);
  if (name !== undefined) stateName(standIn, name);
  return standIn;
}
