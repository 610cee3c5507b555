/** The state of a call or cast between its gate and its messages. */

import type { CallMode, RpcError } from '@concord-rpc/core';
import type { CallForm } from '@concord-rpc/core/engine';
import type { RequestExtras } from '@concord-rpc/core/wire';
import type { ClientMethod } from '../method/client-method';
import type { Destination } from '../method/destination';
import type { Settings } from '../options/settings';
import type { Connection } from './connection';
import type { CallRoute } from './route';

/** Follows a call that is observed. */
export interface CallObserver {
  /** Returns the method so that its next call is the observed one, and carries what tracers send. */
  attach(bound: BoundMethod): BoundMethod;
  /** A message is sent. If the one before it has no answer, the broker found no server for it. */
  sent(outgoing: Outgoing, bytes: number): void;
  /** A message has come; from this server, if that is known. */
  received(bytes: number, server: string | undefined): void;
  /** An attempt has failed, and another one follows. */
  failed(error: RpcError): void;
}

/** The destination and the settings of a client's calls. */
export interface View {
  readonly connection: Connection;
  readonly destination: Destination;
  readonly settings: Settings;
  readonly route: CallRoute;
}

/** A method with everything that all its calls in one mode, to one destination and with the same settings have in common. */
export interface BoundMethod extends View {
  readonly method: ClientMethod;
  readonly mode: CallMode;
  /** True if the method cannot be called in this mode. */
  readonly isMisused: boolean;
  /** Milliseconds that a call waits, before backoff; Infinity for a stream without a limit. */
  readonly timeout: number;
  /** Envelope keys that every call carries beyond those of a plain call. */
  readonly extras: RequestExtras | undefined;
  /** Set for one call, if it is observed. */
  readonly observed: CallObserver | undefined;
}

/** A form in which a call can be sent: its arguments, the minor that it needs, and the method under the name by which it is called. */
export interface SentForm extends CallForm {
  readonly method: ClientMethod;
}

/** A call or cast that passed the gate. */
export interface Outgoing extends View, SentForm {
  /** Envelope keys that it carries beyond those of a plain call. */
  readonly extras: RequestExtras | undefined;
  /** Set if the call is observed. */
  readonly observed: CallObserver | undefined;
  /** Aborts with the request that the caller serves, if that request can be cancelled. */
  readonly scopeSignal: AbortSignal | undefined;
  /** Milliseconds that its caller waits. */
  readonly timeout: number;
  /** The time at which its caller stops waiting, on the clock of `performance.now()`. */
  readonly deadline: number;
}

/** Sends a call of a bound method and returns its result: a promise, or an iterator for streams and `$each`. Never throws. */
export type Send<Outcome = unknown> = (bound: BoundMethod, args: readonly unknown[]) => Outcome;
