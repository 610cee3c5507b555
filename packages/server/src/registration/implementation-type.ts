/** Types that hold an implementation to its contract: every method, with its types, and no other public method. */
import type { MethodArgs, MethodName, MethodResult, StreamItem } from '@concord-rpc/core/engine';

/** An implementation of a contract. Each method returns its result or a promise of it; a stream method returns an iterable. */
export type Implementation<T> = {
  readonly [K in MethodName<T>]: (
    ...args: MethodArgs<T[K]>
  ) => [StreamItem<T[K]>] extends [never]
    ? MethodResult<T[K]> | Promise<MethodResult<T[K]>>
    : AsyncIterable<StreamItem<T[K]>> | Iterable<StreamItem<T[K]>> | Promise<AsyncIterable<StreamItem<T[K]>>>;
};

/**
 * Refuses public methods that the contract does not have. No client could call them, and a method that was meant to be remote would
 * be missing without an error. Make a helper private, or pass the implementation typed as the contract.
 */
export type NoOtherMethods<T, I> = {
  readonly [K in keyof I]: K extends keyof T
    ? unknown
    : string extends K
      ? unknown // an index signature: the compiler does not know its keys
      : I[K] extends (...args: any[]) => unknown
        ? `${K & string} is not a method of the contract`
        : unknown;
};
