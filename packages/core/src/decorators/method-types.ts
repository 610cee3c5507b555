/** The methods of a contract class as types, for typed clients and typed implementations. */

/** Any method. */
export type AnyMethod = (...args: any[]) => unknown;

/** The names of a contract's methods. */
export type MethodName<T> = { [K in keyof T]: T[K] extends AnyMethod ? K : never }[keyof T] & string;

/** The parameters of a method. */
export type MethodArgs<F> = F extends (...args: infer A) => unknown ? A : never;

/** The item of a stream method; `never` for other methods. */
export type StreamItem<F> = F extends (...args: never[]) => AsyncIterable<infer Item> ? Item : never;

/** The result of a method, without its promise. */
export type MethodResult<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

/** A method as its handler sees it: it gets the values after the schemas of its arguments, and returns the value before that of its result. */
export type HandledMethod<F> = F extends { readonly '~handler'?: infer Handler } ? (unknown extends Handler ? F : Handler) : F;
