/** What users can put around every call of a client, and around every handler of a server: one type for both sides. */
import type { ContextValues } from '../context/context-values';
import type { RpcContext } from '../context/rpc-context';
import type { CallMode } from '../decorators/decorator-options';
import type { Target } from '../values/target';

/** A call as interceptors and access policies see it. */
export interface InterceptedCall {
  /** Which end of the call this is. */
  readonly side: 'client' | 'server';
  /** `DhcpPluginApi.getPorts`. */
  readonly label: string;
  /** Name of the contract: `DhcpPluginApi`. */
  readonly contract: string;
  /** Name of the method: `getPorts`. */
  readonly method: string;
  /** The version that the call needs, `major.minor`. */
  readonly needs: string;
  /** How it is called. */
  readonly mode: CallMode;
  /** By position. For an access policy, those of the message, not checked yet. */
  readonly args: readonly unknown[];
  readonly target: Target;
  /** On a server its name; on a client the one server that is meant, if one is. */
  readonly server: string | undefined;
  /** What the caller says beside the arguments: as the caller says it, not proven. */
  readonly context: ContextValues;
  /** On a server what `rpcContext()` gives the handler; `undefined` on a client. */
  readonly request: RpcContext | undefined;
  /**
   * Says more with the call: keys for its context. On a client only, and before `next`.
   *
   * @throws RpcError `invalid_argument`
   */
  addContext(values: ContextValues): void;
}

/**
 * Code around a call. `next` goes on with it, to the next interceptor and in the end to the server or the handler, and settles as that does; what the
 * interceptor returns or throws is what the call comes to. Without `next` the call goes no further. `next` works once.
 */
export type Interceptor = (call: InterceptedCall, next: () => Promise<unknown>) => Promise<unknown>;
