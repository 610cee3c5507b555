/** Ends a process that is told to end: servers drain, transports close, and a second signal ends it at once. */
import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';
import { drain } from '@concord-rpc/client';
import { LONGEST_TIMER, type Logger, quote, RpcError, type Transport } from '@concord-rpc/core';
import type { StopOptions } from '@concord-rpc/server';

/** What a signal stops: a server, or anything else with such a `stop`; and transports, which are closed after that. */
export type Stoppable = { stop(options: StopOptions): Promise<unknown> } | Transport;

/** How to stop on signals. */
export interface StopOnSignalsOptions {
  /** Signals that stop. Default `SIGTERM` and `SIGINT`. */
  readonly signals?: readonly NodeJS.Signals[];
  /** Milliseconds that running handlers, and calls of clients, are given. Default 30 000. */
  readonly timeout?: number;
  /** End the process when all has stopped: with 0, or with 1 if something could not be stopped. Default true; else only `process.exitCode` is set. */
  readonly exit?: boolean;
  /** Where it is written what could not be stopped. Default: `console`. */
  readonly logger?: Pick<Logger, 'error'>;
}

const DRAIN_TIMEOUT = 30_000;
/** Milliseconds after its time limit in which stopping has to come to an end, whatever the broker does. */
const GRACE = 5_000;
const LONGEST = LONGEST_TIMER - GRACE;

/** Everything in this process that is being stopped. Nobody ends it before all are done. */
const stopping = new Set<Promise<number>>();

/**
 * Stops servers and closes transports when the process is told to end: the first signal drains, and then ends the process; the second ends it at once,
 * with 128 and the number of the signal. Returns how to undo it. It does not keep the process alive.
 *
 * @throws RpcError `invalid_argument`
 */
export function stopOnSignals(what: Stoppable | readonly Stoppable[], options: StopOnSignalsOptions = {}): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], timeout = DRAIN_TIMEOUT, exit = true, logger = console } = options;
  const all = [what].flat();
  requireStoppables(all);
  requireSignals(signals);
  requireTimeout(timeout);
  let told = false;

  function onSignal(signal: NodeJS.Signals): void {
    if (!told) {
      told = true;
      void end();
    } else if (exit) process.exit(128 + constants.signals[signal]);
    else {
      undo(); // a third ends the process, as if nobody listened
      void stopAll(all, 0, logger);
    }
  }

  async function end(): Promise<void> {
    const timer = exit ? setTimeout(giveUp, timeout + GRACE).unref() : undefined;
    const own = stopAll(all, timeout, logger);
    stopping.add(own);
    await own; // others, told by the same signal, have joined by then
    const code = Math.max(...(await Promise.all(stopping)));
    clearTimeout(timer);
    if (exit) process.exit(code);
    else process.exitCode = code;
  }

  function giveUp(): void {
    logger.error(`the process has not stopped within ${timeout + GRACE} ms: ending it`);
    process.exit(1);
  }

  function undo(): void {
    for (const signal of signals) process.off(signal, onSignal);
  }

  for (const signal of signals) process.on(signal, onSignal);
  return undo;
}

/** Servers first, so that what their handlers call is not refused. Resolves to the code with which the process is to end. */
async function stopAll(all: readonly Stoppable[], timeout: number, logger: Pick<Logger, 'error'>): Promise<number> {
  const begin = performance.now();
  const now = timeout === 0;
  const stopped = await Promise.allSettled(all.map(async (each) => 'stop' in each && each.stop({ timeout, now })));
  const left = Math.max(0, begin + timeout - performance.now());
  const closed = await Promise.allSettled(all.map(async (each) => 'stop' in each || drain(each, { timeout: left })));
  const failures = [...stopped, ...closed].filter((result) => result.status === 'rejected');
  for (const { reason } of failures) logger.error(`could not be stopped: ${reason}`);
  return failures.length === 0 ? 0 : 1;
}

function requireStoppables(all: readonly unknown[]): void {
  const isFunction = (value: unknown) => typeof value === 'function';
  const wrong = all.find((each) => !isFunction((each as any)?.stop) && !isFunction((each as any)?.close));
  if (all.length > 0 && wrong === undefined) return;
  const got = all.length === 0 ? 'an empty list' : quote(wrong);
  throw new RpcError('invalid_argument', `stopOnSignals takes servers and transports, one or a list; got ${got}`);
}

function requireTimeout(timeout: number): void {
  if (typeof timeout === 'number' && timeout >= 0 && timeout <= LONGEST) return;
  throw new RpcError('invalid_argument', `timeout must be a number of milliseconds from 0 to ${LONGEST}; got ${quote(timeout)}`);
}

function requireSignals(signals: readonly string[]): void {
  const unknown = signals.find((signal) => !Object.hasOwn(constants.signals, signal));
  if (unknown !== undefined)
    throw new RpcError('invalid_argument', `signals must be names of signals such as SIGTERM; got ${quote(unknown)}`);
}
