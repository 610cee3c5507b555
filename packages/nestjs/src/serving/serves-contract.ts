/** `@ServesContract`: which contracts a provider serves. The decorator only records. */
import 'reflect-metadata';
import type { Class } from '@concord-rpc/core';
import type { subjects } from '@concord-rpc/core/wire';
import type { Implementation } from '@concord-rpc/server';
import type { Observable } from 'rxjs';

/** An implementation of a contract in NestJS: a method can also return an Observable, of its result or of the items of its stream. */
export type NestImplementation<T> = {
  readonly [K in keyof Implementation<T>]: WithObservable<Implementation<T>[K]>;
};

type WithObservable<F> = F extends (...args: infer Args) => infer Result
  ? (...args: Args) => Result | ObservableOf<Result>
  : never;
type ObservableOf<Result> = Result extends Promise<infer Settled> ? Observable<ItemOf<Settled>> : never;
type ItemOf<Settled> = Settled extends AsyncIterable<infer Item> ? Item : Settled;

/** Options of a served contract. */
export interface ServeOptions {
  /** The messages that the endpoint takes, as in `register` of `RpcServer`. Default: `any`, `to` and `all`. */
  readonly listen?: readonly subjects.Delivery[] | undefined;
}

/** A contract that a class serves. */
export interface ServedContract {
  readonly contract: Class;
  readonly options: ServeOptions;
}

const SERVED = Symbol.for('concord:nestjs:served');
/** The mark of NestJS for providers that requests enter by: NestJS then makes request-scoped global guards for them, too. */
const ENTRY_PROVIDER = '__entryProvider__';

/**
 * Makes a provider the implementation of a contract. The module's server serves it when the application starts, with the guards, pipes, interceptors and
 * filters of the class, of its methods and of the application. The class can have other public methods. It can serve several contracts.
 */
export function ServesContract<T extends object>(contract: Class<T>, options: ServeOptions = {}) {
  return <Type extends new (...args: never[]) => NestImplementation<T>>(target: Type): void => {
    const served: ServedContract = { contract, options };
    Reflect.defineMetadata(SERVED, [served, ...contractsServedBy(target)], target);
    Reflect.defineMetadata(ENTRY_PROVIDER, true, target);
  };
}

/** Returns the contracts that a class itself serves; none for a value that is no class. A subclass must be decorated again. */
export function contractsServedBy(type: unknown): readonly ServedContract[] {
  if (typeof type !== 'function') return [];
  return (Reflect.getOwnMetadata(SERVED, type) as readonly ServedContract[] | undefined) ?? [];
}
