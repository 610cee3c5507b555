/** Contracts without decorators, for compilers that have none, and for plain JavaScript. */
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { Class, EnumValueOf, Side, ValueOf } from '../schema/type-token';
import type { StandardSchema } from '../standard/standard-schema';
import { ownRecord } from './class-metadata';
import type { ArgDefinition, EndpointOptions, RpcMethodOptions } from './decorator-options';
import { Endpoint, RpcMethod } from './decorators';
import { notImplemented } from './remote';

/** A method of a defined contract: the options of `@RpcMethod`, with its arguments in `args`. */
export interface MethodDefinition extends RpcMethodOptions {
  /** Further decorators of the method: `[Deprecated('1.1')]`. */
  readonly decorators?: readonly ((prototype: object, name: string, descriptor: PropertyDescriptor) => void)[];
}

/** A contract as data: the options of `@Endpoint`, with a name and the methods. */
export interface ContractDefinition extends EndpointOptions {
  /** The name in contract files and errors. */
  readonly name: string;
  readonly methods: Readonly<Record<string, MethodDefinition>>;
}

/**
 * Defines a contract without decorators. The result stands wherever a decorated class does: `createClient(transport, Ports)`,
 * `server.register(Ports, { … })`, `contractOf(Ports)`. The type of its methods is `ContractOf<typeof Ports>`.
 *
 * @throws RpcError `invalid_contract` if the definition has no name or no methods. Other mistakes are refused at registration, as those
 * of decorated classes are.
 */
export function defineContract<const D extends ContractDefinition>(
  definition: D,
): Class<{ readonly [K in keyof D['methods']]: MethodOf<D['methods'][K]> }> {
  const { methods, ...endpoint } = definition;
  if (typeof endpoint.name !== 'string' || typeof methods !== 'object' || methods === null) {
    throw new RpcError(
      'invalid_contract',
      "defineContract needs a name and methods: defineContract({ name: 'Ports', topic: 'ports', methods: { … } })",
    );
  }
  const type = class {};
  Object.defineProperty(type, 'name', { value: endpoint.name });
  const record = ownRecord(type);
  record.statesTypes = true;
  for (const [name, method] of Object.entries(methods)) {
    if (typeof method === 'object' && method !== null) addMethod(type, name, method);
    else record.mistakes.push(`has ${quote(method)} as the method ${name}: write its options, {} if it has none`);
  }
  Endpoint(endpoint)(type);
  return type as unknown as ReturnType<typeof defineContract<D>>;
}

function addMethod(type: Class, name: string, { decorators = [], ...options }: MethodDefinition): void {
  const prototype = type.prototype as object;
  const stub = () => {
    throw notImplemented(`${type.name}.${name}`, 'this');
  };
  const descriptor = { value: stub, configurable: true, writable: true };
  // the constructor leads decorators to the class; registration refuses a method of this name
  if (name !== 'constructor') Object.defineProperty(prototype, name, descriptor);
  RpcMethod(options)(prototype, name, descriptor);
  if (!Array.isArray(decorators) || !decorators.every((each) => typeof each === 'function')) {
    ownRecord(type).mistakes.push(`has decorators of ${name} that are not a list of decorators, such as [Deprecated('1.1')]`);
  } else for (const decorate of decorators) decorate(prototype, name, descriptor);
}

/** The methods of a contract as a type: `type Ports = ContractOf<typeof Ports>`. */
export type ContractOf<C extends Class> = C extends Class<infer Methods> ? Methods : never;

/** A method as callers see it. Where a schema converts values, it holds the method as its handler sees it, for the compiler only. */
type MethodOf<M> =
  IsSame<Signature<M, 'input', 'output'>, Signature<M, 'output', 'input'>> extends true
    ? Signature<M, 'input', 'output'>
    : Signature<M, 'input', 'output'> & { readonly '~handler'?: Signature<M, 'output', 'input'> };

type IsSame<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

type Signature<M, Args extends Side, Result extends Side> = (...args: ParametersOf<M, Args>) => ResultOf<M, Result>;

type ParametersOf<M, S extends Side> = M extends { readonly args: infer A }
  ? PositionalArgs<A, M, S>
  : 'args' extends keyof M
    ? unknown[]
    : [];

type PositionalArgs<A, M, S extends Side> = A extends readonly [infer First, ...infer Rest]
  ? [
      ...(IsOptional<First, M, S> extends true ? [arg?: ArgValue<First, S>] : [arg: ArgValue<First, S>]),
      ...PositionalArgs<Rest, M, S>,
    ]
  : A extends readonly []
    ? []
    : A extends readonly ArgDefinition[]
      ? unknown[]
      : never;

type IsOptional<A, M, S extends Side> = A extends { readonly optional: infer O }
  ? O
  : A extends { readonly since: infer Since }
    ? IsLate<Since, M> extends true
      ? true
      : AcceptsNothing<A, S>
    : AcceptsNothing<A, S>;

/** True for an argument whose schema accepts a value that is left out. */
type AcceptsNothing<A, S extends Side> = A extends { readonly type: infer T extends StandardSchema }
  ? undefined extends ValueOf<T, S>
    ? true
    : false
  : false;

/** True for an argument that was added after its method. A method with former names can be older than its `since`. */
type IsLate<S, M> = M extends { readonly aliases: unknown } ? true : S extends FirstVersion<M> ? false : true;

type FirstVersion<M> = M extends { readonly since: infer S extends string } ? S : `${number}.0`;

type ArgValue<A, S extends Side> = A extends { readonly enum: infer E }
  ? EnumValueOf<E> | (A extends { readonly type: infer T } ? Extract<ValueOf<T>, null> : never)
  : A extends { readonly type: infer T }
    ? ValueOf<T, S>
    : unknown;

type ResultOf<M, S extends Side> = M extends { readonly mode: 'cast' | 'fanout' }
  ? Promise<void>
  : M extends { readonly mode: 'stream' }
    ? AsyncIterable<ReturnedValue<M, S>>
    : M extends { readonly returns: null }
      ? Promise<void>
      : Promise<ReturnedValue<M, S>>;

type ReturnedValue<M, S extends Side> = M extends { readonly returns: infer R } ? ValueOf<R, S> : unknown;
