/** Interceptors: users' code around the calls of a client and the handlers of a server. */
import type { ContextValues } from '../context/context-values';
import type { RpcContext } from '../context/rpc-context';
import type { CallMode } from '../decorators/decorator-options';
import type { Class } from '../schema/type-token';
import type { Target } from '../values/target';

/** The code that serves a call. Decorators of other libraries record their metadata on it. */
export interface CallHandler {
  /** The contract class. */
  readonly contract: Class;
  /** The class of the implementation; `Object` for a plain object. */
  readonly implementation: Class;
  /** The method, as its class declares it. */
  readonly method: (...args: never[]) => unknown;
}

/** A call as interceptors and access policies see it. */
export interface InterceptedCall {
  /** The side on which the interceptor runs. */
  readonly side: 'client' | 'server';
  /** `DhcpPluginApi.getPorts`. */
  readonly label: string;
  /** Name of the contract: `DhcpPluginApi`. */
  readonly contract: string;
  /** Name of the method: `getPorts`. */
  readonly method: string;
  /** The version that the call needs, `major.minor`. */
  readonly needs: string;
  /** The mode of the call. */
  readonly mode: CallMode;
  /** The arguments by position. An access policy sees them before they are checked. */
  readonly args: readonly unknown[];
  readonly target: Target;
  /** On a server its own name; on a client the name of the server that the call is for, if it names one. */
  readonly server: string | undefined;
  /** The context of the call, as the caller states it: not proven. */
  readonly context: ContextValues;
  /** On a server the value of `rpcContext()` in the handler; `undefined` on a client. */
  readonly request: RpcContext | undefined;
  /** On a server the code that will run; `undefined` on a client, and if an instance is made for each call. */
  readonly handler: CallHandler | undefined;
  /**
   * Adds keys to the context of the call. Only on a client, and only before `next`.
   *
   * @throws RpcError `invalid_argument`
   */
  addContext(values: ContextValues): void;
}

/**
 * Code around a call. `next` runs the next interceptor, and after the last one sends the call or runs the handler; it settles with
 * their result. The call settles with the result of the interceptor. An interceptor can call `next` once, or not at all: the call is
 * then not sent, or the handler does not run.
 */
export type Interceptor = (call: InterceptedCall, next: () => Promise<unknown>) => Promise<unknown>;
