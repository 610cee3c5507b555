/** Joins a contract with its implementation. */
import { type Class, RpcError } from '@concord-rpc/core';
import { compileArgumentCheck, compileContract, quote, underFormerNames, type Validator } from '@concord-rpc/core/engine';
import type { subjects } from '@concord-rpc/core/wire';
import { newMethodTally, type ServedMethod } from '../request/served-method';
import type { UsageLog } from '../usage/usage-log';
import { compileDeclaredErrors } from './declared-errors';
import { handlersOf } from './handlers';
import type { Registration } from './registration';
import { compileResultCuts } from './result-cuts';
import { compileStrictCheck } from './strict-check';

/** Options of one endpoint. */
export interface RegisterOptions {
  /**
   * The messages that the endpoint takes: `any` (to any server of the topic), `to` (to this server by name) and `all` (to all servers).
   * An agent that callers only name takes `['to', 'all']`, and costs the broker no subscription of the topic's group. Default: all three.
   */
  readonly listen?: readonly subjects.Delivery[] | undefined;
  /** The implementation has public methods that are not methods of the contract, for example lifecycle hooks. The compiler allows them then. */
  readonly otherMethods?: true | undefined;
}

/** The options of an endpoint. */
const OPTIONS = ['listen', 'otherMethods'];

/** Settings for the endpoints of one server. */
export interface RegistrationOptions extends RegisterOptions {
  readonly validator: Validator;
  /** Refuse calls whose subject states an older version than their arguments need. Default false. */
  readonly strict?: boolean;
  /** Counts callers; if left out, callers are not counted. */
  readonly usage?: UsageLog;
}

/** The deliveries that an endpoint can listen to. */
const DELIVERIES: readonly subjects.Delivery[] = ['any', 'to', 'all'];

/**
 * Returns the methods of a contract with their handlers. `implementation`: an object, or a function that makes one for each call.
 *
 * @throws RpcError `invalid_contract`, naming the contract and the method that is not implemented; `invalid_argument` if `listen` is wrong.
 */
export function registrationOf(type: Class, implementation: object, options: RegistrationOptions): Registration {
  const { validator, strict } = options;
  const contract = compileContract(type, validator);
  const handlers = handlersOf(contract, implementation);
  const listen = requireListen(options.listen, contract.name);
  const methods = new Map<string, ServedMethod>();
  for (const definition of contract.methods.values()) {
    const label = `${contract.name}.${definition.name}`;
    const bound = handlers(definition);
    const check = compileArgumentCheck(definition, validator, contract);
    const errors = compileDeclaredErrors(definition, contract);
    const cuts = compileResultCuts(definition.returns, contract);
    const tally = newMethodTally();
    for (const named of [definition, ...underFormerNames(definition)]) {
      const requireStrict = strict ? compileStrictCheck(named, contract, label) : undefined;
      const usage = options.usage?.of(contract, named);
      methods.set(named.name, {
        contract,
        definition,
        label,
        check,
        errors,
        cuts,
        requireStrict,
        usage,
        tally,
        ...bound,
      });
    }
  }
  return { contract, methods, listen };
}

/**
 * Returns the registration that the arguments of `register` describe: a contract class and its implementation, or an instance of a class that is both.
 *
 * @throws RpcError `invalid_contract`, `invalid_argument`
 */
export function readRegistration(
  contractOrService: Class | object,
  given: readonly (object | undefined)[],
  settings: RegistrationOptions,
): Registration {
  const isClass = typeof contractOrService === 'function';
  if (isClass && given[0] === undefined) {
    throw new RpcError('invalid_contract', `register(${contractOrService.name}, implementation) needs an implementation`);
  }
  if (!isClass && (typeof contractOrService !== 'object' || contractOrService === null)) {
    throw new RpcError(
      'invalid_contract',
      `register takes a contract class and its implementation, or an instance; got ${quote(contractOrService)}`,
    );
  }
  const type = isClass ? contractOrService : contractOrService.constructor;
  const [implementation, options] = isClass ? [given[0]!, given[1]] : [contractOrService, given[0]];
  return registrationOf(type as Class, implementation, { ...settings, ...requireRegisterOptions(options) });
}

/**
 * Returns the options of an endpoint. A second instance or another object in their place is refused.
 *
 * @throws RpcError `invalid_argument`
 */
function requireRegisterOptions(given: unknown = {}): RegisterOptions {
  const isRecord = typeof given === 'object' && given !== null && [Object.prototype, null].includes(Object.getPrototypeOf(given));
  const unknown = isRecord ? Object.keys(given).find((key) => !OPTIONS.includes(key)) : given;
  if (isRecord && unknown === undefined) return given;
  throw new RpcError(
    'invalid_argument',
    `options of register can have \`${OPTIONS.join('` and `')}\`, and nothing else; got ${quote(unknown)}`,
  );
}

function requireListen(given: unknown = DELIVERIES, name: string): readonly subjects.Delivery[] {
  const known = Array.isArray(given) && given.length > 0 && given.every((each) => DELIVERIES.includes(each));
  if (known) return DELIVERIES.filter((each) => given.includes(each));
  throw new RpcError(
    'invalid_argument',
    `listen of ${name} must be a list of at least one of "any", "to" and "all"; got ${quote(Array.isArray(given) ? given.join(', ') : given)}`,
  );
}
