/** Ends the process on a signal: servers drain, then transports close. A second signal ends the process at once. */
import { constants } from 'node:os';
import { drain } from '@concord-rpc/client';
import { type Logger, RpcError, type Transport } from '@concord-rpc/core';
import { LONGEST_TIMER, quote } from '@concord-rpc/core/engine';
import type { StopOptions } from '@concord-rpc/server';

/** An object that a signal stops: a server, another object with this `stop`, or a transport. Transports close last. */
export type Stoppable = { stop(options: StopOptions): Promise<unknown> } | Transport;

/** Options of `stopOnSignals`. */
export interface StopOnSignalsOptions {
  /** Signals that stop the process. Default `SIGTERM` and `SIGINT`. */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /** Milliseconds that running handlers and pending calls of clients may take. Default 30 000. */
  readonly timeout?: number | undefined;
  /** Ends the process after the stop, with exit code 0, or 1 if an object failed to stop. If false, only `process.exitCode` is set. Default true. */
  readonly exit?: boolean | undefined;
  /** Receives a line for each object that failed to stop. Default `console`. */
  readonly logger?: Pick<Logger, 'error'> | undefined;
}

const DRAIN_TIMEOUT = 30_000;
/** Milliseconds after the timeout at which the process ends, even if the broker does not respond. */
const GRACE = 5_000;
const LONGEST = LONGEST_TIMER - GRACE;

const KEY = Symbol.for('concord:stopping');

/** The stops that are running in this process, of all copies of the package. The process ends after the last one. */
const stopping = ((globalThis as { [KEY]?: Set<Promise<number>> })[KEY] ??= new Set<Promise<number>>());

/**
 * Stops servers and closes transports on a signal. The first signal drains them and then ends the process. The second signal ends the
 * process at once, with exit code 128 + the number of the signal. Returns a function that removes the signal listeners. The listeners do
 * not keep the process alive.
 *
 * @throws RpcError `invalid_argument`: an object cannot be stopped, or an option is wrong.
 */
export function stopOnSignals(what: Stoppable | readonly Stoppable[], options: StopOnSignalsOptions = {}): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], timeout = DRAIN_TIMEOUT, exit = true, logger = console } = options;
  const all = [what].flat();
  requireStoppables(all);
  requireSignals(signals);
  requireTimeout(timeout);
  let isStopping = false;

  function onSignal(signal: NodeJS.Signals): void {
    if (!isStopping) {
      isStopping = true;
      void end();
    } else if (exit) process.exit(128 + constants.signals[signal]);
    else {
      undo(); // the third signal has its default effect: it ends the process
      void stopAll(all, 0, logger);
    }
  }

  async function end(): Promise<void> {
    const timer = exit ? setTimeout(giveUp, timeout + GRACE).unref() : undefined;
    const own = stopAll(all, timeout, logger);
    stopping.add(own);
    await own; // other stops of the same signal have been added by then
    const code = Math.max(...(await Promise.all(stopping)));
    clearTimeout(timer);
    if (exit) process.exit(code);
    else process.exitCode = code;
  }

  function giveUp(): void {
    logger.error(`the process did not stop within ${timeout + GRACE} ms; ending it with exit code 1`);
    process.exit(1);
  }

  function undo(): void {
    for (const signal of signals) process.off(signal, onSignal);
  }

  for (const signal of signals) process.on(signal, onSignal);
  return undo;
}

/** Stops servers, then closes transports, so that running handlers can still make calls. Resolves to the exit code of the process. */
async function stopAll(all: readonly Stoppable[], timeout: number, logger: Pick<Logger, 'error'>): Promise<number> {
  const begin = performance.now();
  const now = timeout === 0;
  const stopped = await Promise.allSettled(all.map(async (each) => 'stop' in each && each.stop({ timeout, now })));
  const left = Math.max(0, begin + timeout - performance.now());
  const closed = await Promise.allSettled(all.map(async (each) => 'stop' in each || drain(each, { timeout: left })));
  const failures = [...stopped, ...closed].filter((result) => result.status === 'rejected');
  for (const { reason } of failures) logger.error(`failed to stop: ${reason}`);
  return failures.length === 0 ? 0 : 1;
}

function requireStoppables(all: readonly unknown[]): void {
  const isFunction = (value: unknown) => typeof value === 'function';
  const wrong = all.find((each) => !isFunction((each as any)?.stop) && !isFunction((each as any)?.close));
  if (all.length > 0 && wrong === undefined) return;
  const got = all.length === 0 ? 'an empty list' : quote(wrong);
  throw new RpcError('invalid_argument', `stopOnSignals accepts a server, a transport, or a list of them; got ${got}`);
}

function requireTimeout(timeout: number): void {
  if (typeof timeout === 'number' && timeout >= 0 && timeout <= LONGEST) return;
  throw new RpcError('invalid_argument', `timeout must be a number of milliseconds from 0 to ${LONGEST}; got ${quote(timeout)}`);
}

function requireSignals(signals: readonly string[]): void {
  const unknown = signals.find((signal) => !Object.hasOwn(constants.signals, signal));
  if (unknown !== undefined)
    throw new RpcError('invalid_argument', `signals must be signal names such as SIGTERM; got ${quote(unknown)}`);
}
