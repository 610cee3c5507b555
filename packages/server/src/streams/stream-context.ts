/** Keeps the async context of a handler for its stream: each item is produced in the context in which the handler was called. */
import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs a function in a context that was captured before. */
type InContext = <Result>(run: () => Result) => Result;

/** The members of iterators that run code of the handler. */
const MEMBERS = ['next', 'return', 'throw'] as const;

/**
 * Returns the iterable, or the promise of one, so that the code which produces its items finds the `AsyncLocalStorage` values of the present context,
 * such as those that interceptors set. Other values, and arrays, are returned as they are.
 */
export function inPresentContext(source: unknown): unknown {
  const inContext = AsyncLocalStorage.snapshot() as InContext;
  const isPromise = typeof (source as PromiseLike<unknown> | null | undefined)?.then === 'function';
  return isPromise ? Promise.resolve(source).then((iterable) => bound(iterable, inContext)) : bound(source, inContext);
}

/** Returns an object that inherits everything else from the iterable, so that interceptors can still use it. */
function bound(source: unknown, inContext: InContext): unknown {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) return source;
  const given = source as Record<PropertyKey, unknown>;
  const own: PropertyDescriptorMap = {};
  for (const name of MEMBERS) {
    const member = given[name];
    if (typeof member === 'function')
      own[name] = { value: (...args: unknown[]) => inContext(() => Reflect.apply(member, given, args)) };
  }
  for (const symbol of [Symbol.asyncIterator, Symbol.iterator]) {
    const open = given[symbol];
    if (typeof open !== 'function') continue;
    own[symbol] = {
      value() {
        const iterator = inContext(() => Reflect.apply(open, given, []));
        return iterator === given ? this : bound(iterator, inContext);
      },
    };
  }
  return Object.create(given, own);
}
