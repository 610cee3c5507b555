/** Joins a contract with what implements it, or says what is missing. */
import { type Class, compileContract, quote, RpcError, underFormerNames, type Validator } from '@concord-rpc/core';
import type { UsageLog } from '../usage/usage-log';
import { compileArgumentCheck } from './check-arguments';
import { compileDeclaredErrors } from './declared-errors';
import { compileResultCuts } from './result-cuts';
import type { Registration, ServedMethod } from './served-method';
import { compileStrictCheck } from './strict-check';

/** How a stub body reads after compilation: a call of `remote` and nothing else before it. */
const STUB = /\{\s*(?:return\s+)?(?:\(0,\s*)?[\w$.]*\bremote\)?\(\)\s*;?\s*\}$/;

/** How endpoints are registered. */
export interface RegistrationOptions {
  readonly validator: Validator;
  /** Refuse calls that claim less than they use. Default false. */
  readonly strict?: boolean;
  /** Where callers are counted; left out: nowhere. */
  readonly usage?: UsageLog;
}

type Handler = (...args: unknown[]) => unknown;

/**
 * The methods of a contract with the code that runs for each.
 *
 * @throws RpcError `invalid_contract`, naming the contract and the method that is not implemented.
 */
export function registrationOf(type: Class, implementation: object, options: RegistrationOptions): Registration {
  const { validator, strict } = options;
  const contract = compileContract(type, validator);
  if (typeof implementation !== 'object' || implementation === null) {
    throw new RpcError(
      'invalid_contract',
      `the implementation of ${contract.name} must be an object; got ${quote(implementation)}`,
    );
  }
  const methods = new Map<string, ServedMethod>();
  for (const definition of contract.methods.values()) {
    const label = `${contract.name}.${definition.name}`;
    const handler = (implementation as Record<string, unknown>)[definition.name];
    if (typeof handler !== 'function' || isStub(handler)) {
      const who = implementation.constructor?.name;
      throw new RpcError(
        'invalid_contract',
        `${who && who !== 'Object' ? who : 'the implementation'} does not implement ${label}`,
      );
    }
    const run = (args: unknown[]) => Reflect.apply(handler as Handler, implementation, args);
    const check = compileArgumentCheck(definition, validator);
    const errors = compileDeclaredErrors(definition, contract);
    const cuts = compileResultCuts(definition.returns, contract);
    for (const named of [definition, ...underFormerNames(definition)]) {
      const requireStrict = strict ? compileStrictCheck(named, contract, label) : undefined;
      const usage = options.usage?.of(contract, named);
      methods.set(named.name, { contract, definition, label, check, errors, cuts, requireStrict, usage, run });
    }
  }
  return { contract, methods, asksForContext: namesRpcContext(implementation, contract.methods.keys()) };
}

/** A look at the source text, as what a handler will ask for cannot be known otherwise before it runs. */
function namesRpcContext(implementation: object, names: Iterable<string>): boolean {
  const handlers = [...names].map((name) => (implementation as Record<string, Handler>)[name]!);
  return [implementation.constructor, ...handlers].some((code) => Function.prototype.toString.call(code).includes('rpcContext'));
}

function isStub(handler: object): boolean {
  return STUB.test(Function.prototype.toString.call(handler));
}
