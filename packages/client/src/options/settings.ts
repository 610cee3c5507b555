/** Settings of calls, checked and complete; settings given later over settings given before. */
import { type ContextValues, RpcError } from '@concord-rpc/core';
import { quote, requireContext, type Version } from '@concord-rpc/core/engine';
import type { RequestExtras } from '@concord-rpc/core/wire';
import type { CallOptions } from './call-options';
import {
  BATCH,
  requireBatch,
  requireBoolean,
  requireFunction,
  requireMonitor,
  requireSignal,
  requireStream,
  requireTimeout,
} from './check-options';
import { type EachOptions, requireEach } from './each-options';
import { type RetrySettings, readRetry, USUAL } from './retry-policy';
import { type Cap, requireCap, requireCapFloor } from './version-cap';

/** Settings, checked. */
export interface Settings extends RetrySettings {
  readonly timeout: number | undefined;
  readonly cap: Cap | undefined;
  /** The version below which the cap `auto` does not fall. */
  readonly capFloor: Version | undefined;
  readonly signal: AbortSignal | undefined;
  /** Calls and casts that share a message: at least so many for each server; 0 if each is sent alone. */
  readonly batch: number;
  readonly context: ContextValues | undefined;
  readonly monitor: number | undefined;
  /** Most items of a stream in flight. */
  readonly window: number | undefined;
  readonly each: EachOptions | undefined;
  readonly validateResults: boolean;
  readonly waitForServer: boolean;
  readonly onProgress: ((progress: unknown) => void) | undefined;
  /** Envelope keys that calls with these settings carry beyond those of a plain call. */
  readonly extras: RequestExtras | undefined;
}

/** Milliseconds until a call fails, unless the method or its caller gives another timeout. */
export const DEFAULT_TIMEOUT = 10_000;

/** All options, for the error about an unknown one. */
const KNOWN: Readonly<Record<keyof CallOptions, true>> = {
  timeout: true,
  versionCap: true,
  batch: true,
  signal: true,
  context: true,
  monitor: true,
  validateResults: true,
  onProgress: true,
  waitForServer: true,
  stream: true,
  each: true,
  retry: true,
};

const DEFAULTS: Settings = {
  timeout: undefined,
  cap: undefined,
  capFloor: undefined,
  signal: undefined,
  batch: BATCH.auto,
  context: undefined,
  monitor: undefined,
  window: undefined,
  each: undefined,
  validateResults: false,
  waitForServer: false,
  onProgress: undefined,
  retry: USUAL,
  timeoutBackoff: undefined,
  extras: undefined,
};

const requireValidateResults = requireBoolean('validateResults');
const requireWaitForServer = requireBoolean('waitForServer');

/**
 * The settings that result from `options` over `base`: `undefined` keeps, `null` sets back to the default (oslo.messaging's `prepare`).
 *
 * @throws RpcError `invalid_argument` or `invalid_version`, naming the option and its value.
 */
export function settingsOf(options: CallOptions, base: Settings = DEFAULTS): Settings {
  for (const key of Object.keys(options)) if (!Object.hasOwn(KNOWN, key)) throw unknownOption(key);
  const cap = over(options.versionCap, base.cap, requireCap);
  const { each, stream } = options;
  // a timeout that is given by itself is not doubled
  const backoff = options.timeout === undefined ? base.timeoutBackoff : undefined;
  const { retry, timeoutBackoff } = readRetry(options.retry, { retry: base.retry, timeoutBackoff: backoff });
  const settings = {
    timeout: over(options.timeout, base.timeout, requireTimeout),
    cap,
    capFloor: over(options.versionCap, base.capFloor, requireCapFloor),
    signal: over(options.signal, base.signal, requireSignal),
    batch: over(options.batch, base.batch, requireBatch) ?? BATCH.auto,
    context: over(options.context, base.context, (given) => requireContext({ ...base.context, ...requireContext(given) })),
    monitor: over(options.monitor, base.monitor, requireMonitor),
    window: over(stream, base.window, (given) => requireStream(given).window),
    each: over(each, base.each, requireEach),
    validateResults: over(options.validateResults, base.validateResults, requireValidateResults) ?? false,
    waitForServer: over(options.waitForServer, base.waitForServer, requireWaitForServer) ?? false,
    onProgress: over(options.onProgress, base.onProgress, requireFunction),
    retry,
    timeoutBackoff,
    extras: undefined as RequestExtras | undefined,
  };
  settings.extras = extrasOf(settings);
  return settings;
}

function extrasOf({ context, monitor, signal, onProgress }: Settings): RequestExtras | undefined {
  const accept = signal !== undefined || onProgress !== undefined;
  if (context === undefined && monitor === undefined && !accept) return undefined;
  return { ...(context && { context }), ...(monitor && { monitor }), ...(accept && { accept }) };
}

function over<Given, Kept>(
  given: Given | null | undefined,
  kept: Kept | undefined,
  check: (given: Given) => Kept | undefined,
): Kept | undefined {
  if (given === undefined) return kept;
  return given === null ? undefined : check(given);
}

function unknownOption(key: string): RpcError {
  const known = Object.keys(KNOWN).join(', ');
  return new RpcError('invalid_argument', `${quote(key)} is not an option of calls; the options are ${known}`);
}
