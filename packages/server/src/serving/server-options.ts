/** The settings of a server. */
import type { Interceptor, Logger } from '@concord-rpc/core';
import type { Validator } from '@concord-rpc/core/engine';
import type { Codecs, Labels } from '@concord-rpc/core/wire';
import type { DuplicateName } from '../listening/start-options';
import type { AdmissionLimits } from '../load/admission';
import type { PresenceOptions } from '../presence/presence-options';
import type { ErrorMapper } from '../registration/mapped-errors';
import type { WatchOption } from '../watched/watch-option';
import type { AccessPolicy } from './access';

/** Settings of a server. */
export interface RpcServerOptions extends AdmissionLimits {
  /** Name of the server on its topics, for calls to this server alone. Must be unique. Default: host name, process id and a random part. */
  readonly server?: string | undefined;
  /**
   * Decides about `start()` if another server named `server` is running on one of its topics: `'refuse'` rejects with `invalid_target`, `'warn'`
   * writes a line to the log. Default `'refuse'`. A name that was not given is unique, and is not checked.
   */
  readonly duplicateName?: DuplicateName | undefined;
  /**
   * Facts about the server that its clients see in `$servers` and select by in `$each`, for example `{ zone: 'a', release: '7' }`: at most 32 texts of at
   * most 256 characters, under keys of letters, digits, `_` and `-`.
   */
  readonly labels?: Labels | undefined;
  /**
   * Signs by which clients know that the server is running: `hello` at its start, `alive` every 30 seconds, `bye` at its stop. `interval` in milliseconds sets
   * another shortest time between two; `false` sends none, and clients ask the server now and then instead.
   */
  readonly presence?: PresenceOptions | false | undefined;
  /**
   * Milliseconds for which a server that stops still takes calls after its `bye`, so that clients that know it from its signs no longer choose it when its
   * subscriptions end. Default: 100 if the broker is part of a cluster, which passes subscriptions on with a delay; else 0.
   */
  readonly leaveGrace?: number | undefined;
  /** Checks DTO arguments. */
  readonly validator: Validator;
  /** The wire formats that the server reads and answers in. Default: only JSON. */
  readonly codecs?: Codecs | undefined;
  /** Receives starts, stops, failures of handlers, refused casts and denied calls. Default: `console`, without starts and stops. */
  readonly logger?: Logger | undefined;
  /**
   * Makes `rpcContext()` work after an `await`, in a handler and in all code that it calls. Default true. On Node 20, tracking makes
   * every promise of the process slower. `false` saves that in a process without clients whose handlers call `rpcContext()` only before
   * their first `await`, or never; a client in the process turns tracking on, because calls inherit the deadline of their request.
   */
  readonly trackContext?: boolean | undefined;
  /**
   * Code around every handler, for logs, metrics, traces and refusals. The first interceptor is the outermost. An `RpcError` with
   * `executed: 'no'` that an interceptor throws before the handler runs is sent to the caller. Any other error is treated as thrown by
   * the handler; `executed` is `'no'` all the same if the handler has not started.
   */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /**
   * Maps an error that a handler threw and the contract does not declare to the `RpcError` that the caller gets, without a line in the log. `undefined`:
   * the caller gets `internal`, and the log the error. The server sets `executed`: `'yes'` for a handler that ran, `'no'` for an interceptor before it.
   */
  readonly mapError?: ErrorMapper | undefined;
  /**
   * Decides whether a call may run, before its arguments are checked. `true` allows it. `false` or a text denies it: the caller gets
   * `permission_denied`, and the log gets the text as the reason. A policy that throws, or does not decide within one second, denies.
   */
  readonly access?: AccessPolicy | undefined;
  /** Apply `access` to system methods too: ping, describe, usage, cancel and credit. Denied clients get less precise errors. Default false. */
  readonly accessToSystem?: boolean | undefined;
  /**
   * Refuse calls whose subject states an older version than their arguments need, for example from a caller with a mistake in its
   * contract. Default: true if `NODE_ENV` is `test`, as test runners set it; otherwise false.
   */
  readonly strict?: boolean | undefined;
  /**
   * Answer the services protocol of NATS (`$SRV.PING`, `$SRV.INFO`, `$SRV.STATS`), so that `nats micro` and other tools find the server, its
   * methods and its figures. Adds 3 subscriptions for a server of one interface, and one for each further interface. Default true.
   */
  readonly services?: boolean | undefined;
  /**
   * The facts that observers see while `concord watch` runs: `'calls'` shows method, caller, version, sizes, times and outcomes; `'arguments'` also the arguments, cut
   * to 2 048 characters, to observers who ask for them; `false` shows nothing. Default `'calls'`. Nothing is gathered without an observer.
   */
  readonly watch?: WatchOption | undefined;
}
