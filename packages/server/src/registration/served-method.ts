/** A method as a server holds it: the contract's part, the code that runs, and the check of its arguments. */
import type { Contract, MethodContract } from '@concord-rpc/core';
import type { IncomingRequest } from '../request/incoming-request';
import type { ArgumentCheck } from './check-arguments';
import type { DeclaredErrors } from './declared-errors';
import type { ResultCuts } from './result-cuts';
import type { StrictCheck } from './strict-check';

/** A contract with its handlers, as registered. */
export interface Registration {
  readonly contract: Contract;
  /** By each of their names: one that had others before is here under all of them. */
  readonly methods: ReadonlyMap<string, ServedMethod>;
  /** Whether the source of the implementation names `rpcContext`. */
  readonly asksForContext: boolean;
}

/** One method that can be called from outside. */
export interface ServedMethod {
  readonly contract: Pick<Contract, 'name' | 'target'>;
  readonly definition: MethodContract;
  /** `DhcpPluginApi.getPorts`, for errors and logs. */
  readonly label: string;
  readonly check: ArgumentCheck;
  /** `undefined`: whatever it throws is a failure. */
  readonly errors?: DeclaredErrors;
  /** In strict mode. */
  readonly requireStrict?: StrictCheck;
  /** `undefined`: every caller gets its results as they are. */
  readonly cuts?: ResultCuts;
  /** The number under which its callers are counted; `undefined`: they are not. */
  readonly usage?: number;
  /** Runs the user's code: returns or throws what it does, or a promise of it. */
  readonly run: (args: unknown[], exchange: IncomingRequest) => unknown;
  /** What every server answers for Concord itself. */
  readonly isSystem?: true;
}
