/** Objects with one function for each method of a contract. A function is made when its name is first read. */
import { inspect } from 'node:util';
import type { ClientMethod } from '../method/client-method';

type MethodFunction = (...args: unknown[]) => unknown;

/** An object with the methods of a contract; they are on the prototype of a class that `withMethods` made. */
export class MethodView {
  readonly #make: (method: ClientMethod) => MethodFunction;
  readonly #made: MethodFunction[] = [];

  /** `make`: makes the function of a method. */
  constructor(make: (method: ClientMethod) => MethodFunction) {
    this.#make = make;
  }

  /** The function of a method on a view; made on first use. */
  static functionOf(view: MethodView, method: ClientMethod): MethodFunction {
    return (view.#made[method.index] ??= view.#make(method));
  }
}

/** Gives the methods of a contract to a class of views, as accessors. They can be overwritten on an object, as properties of a plain object can. */
export function withMethods<Type extends new (...args: never[]) => MethodView>(
  type: Type,
  methods: readonly ClientMethod[],
): Type {
  const prototype = type.prototype as object;
  for (const method of methods) {
    const { name } = method.definition;
    Object.defineProperty(prototype, name, {
      enumerable: true,
      configurable: true,
      get(this: MethodView) {
        return MethodView.functionOf(this, method);
      },
      set(this: MethodView, value: unknown) {
        Object.defineProperty(this, name, { value, enumerable: true, configurable: true, writable: true });
      },
    });
  }
  const print = function (this: MethodView) {
    return Object.fromEntries(methods.map(({ definition: { name } }) => [name, this[name as keyof MethodView]]));
  };
  Object.defineProperty(prototype, inspect.custom, { value: print });
  return type;
}
