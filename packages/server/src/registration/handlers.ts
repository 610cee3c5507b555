/** Finds the handlers of a contract on its implementation, or on the instance that is made for each call. */
import { type InterceptedCall, RpcError } from '@concord-rpc/core';
import { type Contract, type MethodContract, quote } from '@concord-rpc/core/engine';
import type { BoundHandler } from '../request/served-method';
import { requireNoUnrunDecorators } from './unrun-decorators';

/** Makes the implementation of one call. */
export type MakeImplementation = (call: InterceptedCall) => unknown;

/** The handlers of the methods of one contract. */
export type Handlers = (
  method: MethodContract,
) => BoundHandler & { readonly perCall?: (call: InterceptedCall) => Promise<BoundHandler> };

/** Matches a compiled stub body: a call of `remote` and nothing else. */
const STUB = /\{\s*(?:return\s+)?(?:\(0,\s*)?[\w$.]*\bremote\)?\(\)\s*;?\s*\}$/;
/** Matches the source of a class. */
const CLASS = /^class\b/;

/**
 * Returns a function that finds the handler of a method. A function in place of the implementation makes an instance for each call.
 *
 * @throws RpcError `invalid_contract` if the implementation is neither an object nor such a function; the returned function throws it for a
 * method that is not implemented, and for decorators that would not run.
 */
export function handlersOf(contract: Contract, given: unknown): Handlers {
  if (typeof given === 'function' && !CLASS.test(sourceOf(given))) return madePerCall(contract, given as MakeImplementation);
  if (typeof given === 'object' && given !== null) return (method) => handlerOf(contract, method, given);
  const remedy = typeof given === 'function' ? `: pass new ${given.name}(), or a function that makes one for each call` : '';
  throw new RpcError(
    'invalid_contract',
    `the implementation of ${contract.name} must be an object; got ${quote(given)}${remedy}`,
  );
}

function handlerOf(contract: Contract, method: MethodContract, implementation: object): BoundHandler {
  const handler = (implementation as Record<string, unknown>)[method.name];
  if (typeof handler !== 'function' || STUB.test(sourceOf(handler))) {
    const who = implementation.constructor?.name;
    throw new RpcError(
      'invalid_contract',
      `${who && who !== 'Object' ? who : 'the implementation'} does not implement ${contract.name}.${method.name}`,
    );
  }
  requireNoUnrunDecorators(contract, method.name, implementation);
  return { handler: handler as BoundHandler['handler'], implementation };
}

function madePerCall(contract: Contract, make: MakeImplementation): Handlers {
  return (method) => {
    const checked = new WeakSet<object>(); // classes and functions of instances that fit
    const boundTo = (made: object): BoundHandler => {
      const handler = (made as Record<string, BoundHandler['handler']>)[method.name];
      if (checked.has(handler as object) && checked.has(made.constructor)) return { handler: handler!, implementation: made };
      const bound = handlerOf(contract, method, made);
      checked.add(bound.handler).add(made.constructor);
      return bound;
    };
    const perCall = async (call: InterceptedCall): Promise<BoundHandler> => {
      const made: unknown = await make(call);
      if (typeof made === 'object' && made !== null) return boundTo(made);
      throw new RpcError(
        'invalid_contract',
        `the function that makes the implementation of ${contract.name} must return an object; got ${quote(made)}`,
      );
    };
    return { handler: make as BoundHandler['handler'], implementation: undefined, perCall };
  };
}

function sourceOf(code: object): string {
  return Function.prototype.toString.call(code);
}
