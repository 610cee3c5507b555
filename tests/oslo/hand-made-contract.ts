/** Contract classes made from data: the decorators applied by hand, as plain JavaScript would. */
import { Arg, type CallMode, type Class, Endpoint, type EndpointOptions, RpcMethod, remote } from 'concord-rpc';

/** A method of a contract made by hand. */
export interface HandMadeMethod {
  readonly name: string;
  readonly since?: string;
  readonly args?: readonly { readonly name: string; readonly optional: boolean }[];
  readonly isStatic?: boolean;
  readonly mode?: CallMode;
  readonly expected?: readonly Class<Error>[];
  /** The member under the name, if it is not a stub body. */
  readonly value?: unknown;
}

/** A contract class with these methods, whose arguments are taken as they come. Nothing of it is checked here. */
export function handMadeContract<T extends object>(endpoint: EndpointOptions, methods: readonly HandMadeMethod[]): Class<T> {
  const contract = class {};
  for (const { name, since, args = [], isStatic = false, mode, expected, value = () => remote() } of methods) {
    const holder = isStatic ? contract : contract.prototype;
    Object.defineProperty(holder, name, { value, configurable: true, writable: true });
    args.forEach((arg, index) => {
      Arg({ ...arg, unchecked: true })(holder, name, index);
    });
    RpcMethod({ since, mode, expected })(holder, name, Object.getOwnPropertyDescriptor(holder, name));
  }
  Endpoint(endpoint)(contract);
  return contract as unknown as Class<T>;
}
