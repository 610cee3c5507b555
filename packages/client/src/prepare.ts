/** The gate of a call or cast: everything that can be refused before anything is sent. */
import { performance } from 'node:perf_hooks';
import { DEFAULT_TIMEOUT } from './call-options';
import { type ClientMethod, requireArity, requireMode } from './client-method';
import { cancelled } from './request-errors';
import type { Sending, View } from './sending';
import { requireMinor } from './version-gate';

/**
 * Checks a call before anything is sent.
 *
 * @throws RpcError `invalid_target`, `invalid_argument`, `version_capped`, `cancelled`
 */
export function prepare(
  { connection, destination, settings }: View,
  method: ClientMethod,
  args: readonly unknown[],
  way: 'call' | 'cast',
): Sending {
  requireMode(method, way === 'cast' && destination.delivery === 'all' ? 'fanout' : way);
  requireArity(method, args);
  const minor = requireMinor(method, settings.cap, args);
  if (settings.signal?.aborted) throw cancelled(method, 'no');
  const timeout = settings.timeout ?? method.definition.timeout ?? DEFAULT_TIMEOUT;
  return { connection, destination, method, args, minor, join: settings.join, timeout, deadline: performance.now() + timeout };
}
