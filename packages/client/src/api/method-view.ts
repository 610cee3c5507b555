/** Objects with one function for each method of a contract. A function is made when its name is first read. */
import { inspect } from 'node:util';

type MethodFunction = (...args: unknown[]) => unknown;

/** An object with the methods of a contract; they are on the prototype of a class that `withMethods` made. */
export class MethodView {
  readonly #make: (index: number) => MethodFunction;
  readonly #made: MethodFunction[] = [];

  /** `make`: makes the function of the method at a position in the contract. */
  constructor(make: (index: number) => MethodFunction) {
    this.#make = make;
  }

  /** Prints as a plain object with the methods. */
  [inspect.custom](): object {
    return { ...this };
  }

  /** The function of the method at a position; made on first use. */
  static functionOf(view: MethodView, index: number): MethodFunction {
    return (view.#made[index] ??= view.#make(index));
  }
}

/** Gives methods to a class of views, as accessors. They can be overwritten on an object, as properties of a plain object can. */
export function withMethods<Type extends new (...args: never[]) => MethodView>(type: Type, names: readonly string[]): Type {
  const prototype = type.prototype as object;
  for (const [index, name] of names.entries()) {
    Object.defineProperty(prototype, name, {
      enumerable: true,
      configurable: true,
      get(this: MethodView) {
        return MethodView.functionOf(this, index);
      },
      set(this: MethodView, value: unknown) {
        Object.defineProperty(this, name, { value, enumerable: true, configurable: true, writable: true });
      },
    });
  }
  const print = function (this: MethodView) {
    return Object.fromEntries(names.map((name, index) => [name, MethodView.functionOf(this, index)]));
  };
  Object.defineProperty(prototype, inspect.custom, { value: print });
  return type;
}
