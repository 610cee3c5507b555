/** The gate of a call or cast: everything that can be refused before anything is sent, and what it takes over from the request it is part of. */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { type CallMode, currentScope } from '@concord-rpc/core';
import type { Outgoing, View } from '../connection/outgoing';
import { type ClientMethod, requireArity, requireMode } from '../method/client-method';
import { DEFAULT_MONITOR, DEFAULT_WINDOW, usualTimeout } from '../options/call-options';
import type { SentForm } from '../versions/sent-form';
import { requireForm } from '../versions/version-gate';
import { inherit, inheritForCast } from './inherited';
import { cancelled, outOfTime } from './request-errors';

/**
 * Checks a call before anything is sent.
 *
 * @throws RpcError `invalid_target`, `invalid_argument`, `version_capped`, `cancelled`, `deadline_exceeded`
 */
export function prepareCall(view: View, method: ClientMethod, args: readonly unknown[]): Outgoing {
  const form = pass(view, method, args, 'call');
  const { settings, budget } = view;
  const now = performance.now();
  budget.called(now);
  let timeout = usualTimeout(settings, method.definition);
  if (settings.growing !== undefined) timeout = settings.growing.timeoutOf(method, timeout);
  let { extras } = settings;
  if (method.definition.idempotencyWindow !== undefined) extras = { ...extras, accept: true, id: randomUUID() };
  const scope = currentScope();
  if (scope !== undefined) {
    extras = inherit(scope, extras);
    if (scope.deadline < now + timeout) timeout = Math.floor(scope.deadline - now);
    if (timeout <= 0) throw outOfTime(method, scope.label);
  }
  const scopeSignal = scope?.cancellable ? scope.signal : undefined;
  if (scopeSignal?.aborted) throw cancelled(method, 'no');
  const deadline = now + timeout;
  return outgoingOf(view, form, { extras, scopeSignal, timeout, deadline });
}

/**
 * Checks a call of a stream before it is sent. Without a time limit of its own it may go on for ever: signs of life take the place of a deadline.
 *
 * @throws RpcError `invalid_target`, `invalid_argument`, `version_capped`, `cancelled`, `deadline_exceeded`
 */
export function prepareStream(view: View, method: ClientMethod, args: readonly unknown[]): Outgoing {
  const form = pass(view, method, args, 'stream');
  const { settings } = view;
  const now = performance.now();
  const scope = currentScope();
  const own = now + (settings.timeout ?? method.definition.timeout ?? Number.POSITIVE_INFINITY);
  const deadline = Math.min(own, scope?.deadline ?? Number.POSITIVE_INFINITY);
  if (deadline <= now) throw outOfTime(method, scope!.label);
  const monitor = settings.monitor ?? DEFAULT_MONITOR;
  const inherited = scope === undefined ? settings.extras : inherit(scope, settings.extras);
  const extras = { ...inherited, monitor, window: settings.window ?? DEFAULT_WINDOW };
  const scopeSignal = scope?.cancellable ? scope.signal : undefined;
  const timeout = deadline - now;
  return outgoingOf(view, form, { extras, scopeSignal, timeout, deadline });
}

/**
 * Checks a cast before anything is sent.
 *
 * @throws RpcError `invalid_target`, `invalid_argument`, `version_capped`, `cancelled`
 */
export function prepareCast(view: View, method: ClientMethod, args: readonly unknown[]): Outgoing {
  const form = pass(view, method, args, view.destination.delivery === 'all' ? 'fanout' : 'cast');
  const { settings } = view;
  const timeout = usualTimeout(settings, method.definition);
  const extras = inheritForCast(currentScope(), settings.extras);
  const deadline = performance.now() + timeout;
  const scopeSignal = undefined; // nobody waits for it
  return outgoingOf(view, form, { extras, scopeSignal, timeout, deadline });
}

function pass(view: View, method: ClientMethod, args: readonly unknown[], way: CallMode): SentForm {
  requireMode(method, way);
  requireArity(method, args);
  const form = requireForm(view, method, args);
  if (view.settings.signal?.aborted) throw cancelled(method, 'no');
  return form;
}

/** One literal for all: what is spread costs each call. */
function outgoingOf(
  { connection, destination, settings, budget }: View,
  { method, minor, args }: SentForm,
  { extras, scopeSignal, timeout, deadline }: Pick<Outgoing, 'extras' | 'scopeSignal' | 'timeout' | 'deadline'>,
): Outgoing {
  return { connection, destination, method, minor, args, settings, budget, extras, scopeSignal, timeout, deadline };
}
