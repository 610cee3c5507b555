/** The type of an implementation of a contract: all of its methods, none of another type, none besides. */
import type { MethodArgs, MethodName, MethodResult, StreamItem } from '@concord-rpc/core';

/** What implements a contract: each of its methods, returning its result or a promise of it; for a stream, anything to iterate over. */
export type Implementation<T> = {
  readonly [K in MethodName<T>]: (
    ...args: MethodArgs<T[K]>
  ) => [StreamItem<T[K]>] extends [never]
    ? MethodResult<T[K]> | Promise<MethodResult<T[K]>>
    : AsyncIterable<StreamItem<T[K]>> | Iterable<StreamItem<T[K]>> | Promise<AsyncIterable<StreamItem<T[K]>>>;
};

type AnyMethod = (...args: any[]) => unknown;

/**
 * Refuses public methods that the contract does not have: nobody could call them, and one that was meant to be remote would be
 * missing unnoticed. Make a helper private, or pass the implementation typed as the contract.
 */
export type NoOtherMethods<T, I> = {
  readonly [K in keyof I]: K extends keyof T
    ? unknown
    : string extends K
      ? unknown // a dictionary: its keys are not known to the compiler
      : I[K] extends AnyMethod
        ? `${K & string} is not a method of the contract`
        : unknown;
};
