/** What the type of a contract class says of its methods: the common ground of typed clients and typed implementations. */

type AnyMethod = (...args: any[]) => unknown;

/** The names of a contract's methods. */
export type MethodName<T> = { [K in keyof T]: T[K] extends AnyMethod ? K : never }[keyof T] & string;

/** The parameters of a method. */
export type MethodArgs<F> = F extends (...args: infer A) => unknown ? A : never;

/** What a stream gives, one after the other; `never` for a method that is not one. */
export type StreamItem<F> = F extends (...args: never[]) => AsyncIterable<infer Item> ? Item : never;

/** What a method's promise resolves to. */
export type MethodResult<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;
