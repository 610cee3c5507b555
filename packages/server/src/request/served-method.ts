/** A served method as its requests use it: its contract, its handler, and the checks that were compiled at registration. */

import type { InterceptedCall, Interceptor } from '@concord-rpc/core';
import {
  type ArgumentCheck,
  type CallTally,
  type Contract,
  type Cut,
  type MethodContract,
  newTally,
} from '@concord-rpc/core/engine';
import { type Codec, type Encoded, type Request, TIME_NUMBERS, type WireError } from '@concord-rpc/core/wire';

/**
 * Refuses a call whose subject states an older version than its arguments need.
 *
 * @throws RpcError `invalid_argument`
 */
export type StrictCheck = (subject: string, args: Request['args']) => void;

/** The caller that a thrown error is answered to. */
export interface ErrorRecipient {
  /** Label of the called method. */
  readonly label: string;
  readonly wantsAnswer: boolean;
  readonly callerVersion: string | undefined;
}

/** Recognizes the errors that a method declares or expects. */
export interface ErrorAnswers {
  /** Returns the error to send for a thrown value; `undefined` if the value is a failure. Never throws. */
  answerTo(thrown: unknown, recipient: ErrorRecipient): WireError | undefined;
}

/** Cuts results to what the contract declares in the version of their caller. */
export interface CallerResults {
  /** Returns the cut for a caller's version. */
  forCaller(version: string | undefined): Cut;
}

/** A question to a system method. */
export interface SystemQuestion {
  readonly subject: string;
  readonly reply: string;
  readonly codec: Codec;
  /** Most bytes of the encoded answer. */
  readonly room: number;
}

/**
 * Handles a system method; returns the encoded answer, or a promise of it. There is no question if the request is a cast.
 *
 * @throws RpcError the refusal
 */
export type SystemHandler = (args: readonly unknown[], question?: SystemQuestion) => Encoded | undefined | Promise<Encoded>;

/** The figures of one method since its registration, under all of its names. */
export interface MethodTally extends CallTally {
  /** Handlers that ended with an error. */
  errors: number;
  /** The code of the last error, and the id under which the log has it, or its declared name; empty if there was none. */
  lastError: string;
  /** Handlers that were timed: one of eight, beginning with the first. */
  timed: number;
  /** Milliseconds that they took together, until their results. */
  milliseconds: number;
  /** Their counts by the number of their time in the services protocol. */
  readonly times: Uint32Array;
}

/** The figures of a method that was never called. */
export function newMethodTally(): MethodTally {
  return { ...newTally(), errors: 0, lastError: '', timed: 0, milliseconds: 0, times: new Uint32Array(TIME_NUMBERS) };
}

/** A function of the user, and its `this`. */
export interface BoundHandler {
  readonly handler: (...args: unknown[]) => unknown;
  readonly implementation: object | undefined;
}

/** One method that a server serves. */
export interface ServedMethod extends BoundHandler {
  readonly contract: Pick<Contract, 'name' | 'target' | 'version'> & Partial<Pick<Contract, 'type'>>;
  readonly definition: MethodContract;
  /** `DhcpPluginApi.getPorts`, for errors and logs. */
  readonly label: string;
  readonly check: ArgumentCheck;
  /** `undefined`: every thrown value is a failure. */
  readonly errors?: ErrorAnswers;
  /** Set in strict mode. */
  readonly requireStrict?: StrictCheck;
  /** `undefined`: results are sent as the handler returns them. */
  readonly cuts?: CallerResults;
  /** The number under which its callers are counted; `undefined`: they are not counted. */
  readonly usage?: number;
  readonly tally: MethodTally;
  /** Makes the handler of one call, if an instance is made for each; then `handler` itself is never called. */
  readonly perCall?: (call: InterceptedCall) => Promise<BoundHandler>;
  /** Run around the handler; `undefined` if there are none and the handler is not made for each call. */
  readonly interceptors?: readonly Interceptor[];
  /** Set for the methods that every server answers for Concord itself: their handler. */
  readonly system?: SystemHandler;
  /** True for `cancel` and `credit`, which a server always takes: they end or continue work that it has. */
  readonly isControl?: true;
}
