/** Types that hold an implementation to its contract: every method, with its types, and no other public method. */
import type { HandledMethod, MethodArgs, MethodName, MethodResult, StreamItem } from '@concord-rpc/core/engine';

/** An implementation of a contract. Each method returns its result or a promise of it; a stream method returns an iterable. */
export type Implementation<T> = { readonly [K in MethodName<T>]: HandlerOf<HandledMethod<T[K]>> };

type HandlerOf<F> = (
  ...args: MethodArgs<F>
) => [StreamItem<F>] extends [never]
  ? MethodResult<F> | Promise<MethodResult<F>>
  : AsyncIterable<StreamItem<F>> | Iterable<StreamItem<F>> | Promise<AsyncIterable<StreamItem<F>>>;

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
