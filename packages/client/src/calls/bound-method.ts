/** A bound method: everything that its calls have in common, computed on first use, and the gate that each of its calls passes. */
import { randomUUID } from 'node:crypto';
import type { CallMode } from '@concord-rpc/core';
import { channels, currentScope } from '@concord-rpc/core/engine';
import { type RequestExtras, subjects } from '@concord-rpc/core/wire';
import type { BoundMethod, Outgoing, Send, SentForm, View } from '../connection/outgoing';
import type { ClientMethod } from '../method/client-method';
import { wrongArguments, wrongMode } from '../method/misuse';
import { DEFAULT_TIMEOUT, type Settings } from '../options/settings';
import { requireForm } from '../versions/version-gate';
import { inherit } from './inherited';
import { observe } from './observed-call';
import { cancelled, outOfTime } from './request-errors';

/** Milliseconds between heartbeats of a stream, unless its caller sets `monitor`. */
const DEFAULT_MONITOR = 10_000;
/** Most items of a stream in flight, unless its caller sets `stream.window`. */
const DEFAULT_WINDOW = 64;

/** The function of a method on a client. It binds the method on its first call. */
export function methodFunction(view: View, method: ClientMethod, mode: CallMode, send: Send): (...args: unknown[]) => unknown {
  let bound: BoundMethod | undefined;
  return (...args) => {
    bound ??= bindMethod(view, method, mode);
    method.tally.started++;
    return channels.call.hasSubscribers ? observe(send, bound, args) : send(bound, args);
  };
}

/** Binds a method to a destination, to settings and to the mode of its calls. */
export function bindMethod(view: View, method: ClientMethod, mode: CallMode): BoundMethod {
  const { connection, destination, settings, route } = view;
  const { mode: declared } = method.definition;
  const isAllowed =
    mode === declared || (declared === undefined && mode !== 'stream') || (declared === 'cast' && mode === 'fanout');
  return {
    connection,
    destination,
    settings,
    route,
    method,
    mode,
    isMisused: !isAllowed,
    timeout: usualTimeout(settings, method, mode === 'stream' ? Number.POSITIVE_INFINITY : DEFAULT_TIMEOUT),
    extras: extrasFor(method, mode, settings),
    observed: undefined,
  };
}

/** Milliseconds that a call of a method waits, before backoff. */
export function usualTimeout({ timeout }: Settings, { definition }: ClientMethod, unlimited = DEFAULT_TIMEOUT): number {
  return timeout ?? definition.timeout ?? unlimited;
}

function extrasFor({ definition }: ClientMethod, mode: CallMode, settings: Settings): RequestExtras | undefined {
  const { extras, context, monitor, window } = settings;
  switch (mode) {
    case 'call':
      return definition.idempotencyWindow === undefined ? extras : { ...extras, accept: true };
    case 'stream':
      return { ...extras, monitor: monitor ?? DEFAULT_MONITOR, window: window ?? DEFAULT_WINDOW };
    default:
      return context && { context }; // a cast cannot be cancelled and sends no heartbeats
  }
}

/**
 * Checks a call before anything is sent.
 *
 * @throws RpcError `invalid_target`, `invalid_argument`, `version_capped`, `cancelled`, `deadline_exceeded`
 */
export function prepareCall(bound: BoundMethod, args: readonly unknown[]): Outgoing {
  const form = pass(bound, args);
  const { method, settings } = bound;
  const now = performance.now();
  bound.route.budget.called(now);
  let { timeout, extras } = bound;
  if (settings.timeoutBackoff !== undefined) timeout = settings.timeoutBackoff.timeoutOf(method.label, timeout);
  if (method.definition.idempotencyWindow !== undefined) extras = { ...extras, id: randomUUID() };
  const scope = currentScope();
  if (scope !== undefined) {
    extras = inherit(scope, extras);
    if (scope.deadline < now + timeout) timeout = Math.floor(scope.deadline - now);
    if (timeout <= 0) throw outOfTime(method, scope.label);
  }
  const scopeSignal = scope?.cancellable ? scope.signal : undefined;
  if (scopeSignal?.aborted) throw cancelled(method, 'no');
  return outgoingOf(bound, form, { extras, scopeSignal, timeout, deadline: now + timeout });
}

/**
 * The part of the gate that all modes have in common: mode, number of arguments, version and signal.
 *
 * @throws RpcError `invalid_target`, `invalid_argument`, `version_capped`, `cancelled`
 */
export function pass(bound: BoundMethod, args: readonly unknown[]): SentForm {
  const { method } = bound;
  if (bound.isMisused) throw wrongMode(method, bound.mode);
  if (args.length > method.definition.args.length) throw wrongArguments(method, args);
  for (const index of method.requiredArgs) if (args[index] === undefined) throw wrongArguments(method, args, index);
  const form = requireForm(bound, method, args);
  if (bound.settings.signal?.aborted) throw cancelled(method, 'no');
  return form;
}

/** A call that passed the gate. One literal for all modes, because a spread costs each call. */
export function outgoingOf(
  { connection, destination, settings, route, observed }: BoundMethod,
  { method, minor, args }: SentForm,
  { extras, scopeSignal, timeout, deadline }: Pick<Outgoing, 'extras' | 'scopeSignal' | 'timeout' | 'deadline'>,
): Outgoing {
  return { connection, destination, method, minor, args, settings, route, extras, scopeSignal, timeout, deadline, observed };
}

/** The subject of a call: looked up, or built for the first call of its method at its minor. */
export function subjectOf({ destination, method, minor }: Outgoing): string {
  const byMinor = (destination.subjects[method.index] ??= []);
  return (byMinor[minor] ??= subjects.methodSubject(destination.prefix, {
    namespace: destination.target.namespace,
    major: method.contract.version.major,
    minor,
    method: method.definition.name,
  }));
}
