/** Contracts without decorators, for compilers that have none, and for plain JavaScript. */
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { Class, EnumValueOf, ValueOf } from '../schema/type-token';
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
): Class<{ readonly [K in keyof D['methods']]: (...args: ParametersOf<D['methods'][K]>) => ResultOf<D['methods'][K]> }> {
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

type ParametersOf<M> = M extends { readonly args: infer A } ? PositionalArgs<A, M> : 'args' extends keyof M ? unknown[] : [];

type PositionalArgs<A, M> = A extends readonly [infer First, ...infer Rest]
  ? [...(IsOptional<First, M> extends true ? [arg?: ArgValue<First>] : [arg: ArgValue<First>]), ...PositionalArgs<Rest, M>]
  : A extends readonly []
    ? []
    : A extends readonly ArgDefinition[]
      ? unknown[]
      : never;

type IsOptional<A, M> = A extends { readonly optional: infer O }
  ? O
  : A extends { readonly since: infer S }
    ? IsLate<S, M>
    : false;

/** True for an argument that was added after its method. A method with former names can be older than its `since`. */
type IsLate<S, M> = M extends { readonly aliases: unknown } ? true : S extends FirstVersion<M> ? false : true;

type FirstVersion<M> = M extends { readonly since: infer S extends string } ? S : `${number}.0`;

type ArgValue<A> = A extends { readonly enum: infer E }
  ? EnumValueOf<E> | (A extends { readonly type: infer T } ? Extract<ValueOf<T>, null> : never)
  : A extends { readonly type: infer T }
    ? ValueOf<T>
    : unknown;

type ResultOf<M> = M extends { readonly mode: 'cast' | 'fanout' }
  ? Promise<void>
  : M extends { readonly mode: 'stream' }
    ? AsyncIterable<ReturnedValue<M>>
    : M extends { readonly returns: null }
      ? Promise<void>
      : Promise<ReturnedValue<M>>;

type ReturnedValue<M> = M extends { readonly returns: infer R } ? ValueOf<R> : unknown;
