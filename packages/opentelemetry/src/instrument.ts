/** Starts the instrumentation, once in a process: a tracer and subscribers of the diagnostics channels, until it is ended. */
import { RpcError } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import { diag } from '@opentelemetry/api';
import { startInstrumentation } from './instrumentation';
import type { OpenTelemetryOptions } from './options';

/** The instrumentation that runs in this process. */
interface Instrumented {
  /** The calls of `instrumentOpenTelemetry` that were not ended. */
  users: number;
  readonly stop: () => void;
}

const KEY = Symbol.for('concord:opentelemetry');

/** All copies of the package in a process share it, so that each call has one span and is measured once. */
const shared = globalThis as { [KEY]?: Instrumented };

/**
 * Records each call of Concord in this process as a span and as a measurement, on clients and servers, and sends the trace context with calls. Call it after
 * the SDK has started: OpenTelemetry measures nothing with instruments that are made before.
 *
 * Returns a function that ends it. If the process is instrumented already, also by another copy of this package, nothing is counted twice: the options of the
 * first call hold, a warning goes to OpenTelemetry's `diag`, and the instrumentation ends when all calls have been ended.
 *
 * @throws RpcError `invalid_argument` if `baggage` is not a list of keys.
 */
export function instrumentOpenTelemetry(options: OpenTelemetryOptions = {}): () => void {
  requireKeys(options.baggage);
  if (shared[KEY] === undefined) shared[KEY] = { users: 0, stop: startInstrumentation(options) };
  else diag.warn('@concord-rpc/opentelemetry: the process is instrumented already; the options of the first call hold');
  const running = shared[KEY];
  running.users++;
  let isEnded = false;
  return () => {
    if (isEnded) return;
    isEnded = true;
    if (--running.users > 0) return;
    delete shared[KEY];
    running.stop();
  };
}

function requireKeys(baggage: unknown): void {
  if (baggage === undefined) return;
  const wrong = Array.isArray(baggage) ? baggage.find((key) => typeof key !== 'string' || key === '') : baggage;
  if (!Array.isArray(baggage) || wrong !== undefined || baggage.includes(undefined))
    throw new RpcError('invalid_argument', `baggage must be a list of keys, such as ['tenant']; got ${quote(wrong)}`);
}
