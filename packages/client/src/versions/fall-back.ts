/** Decides what follows when the broker found no server for a call: the same call again, an older form of it, or an error. */

import type { RpcError } from '@concord-rpc/core';
import { parseVersion, type ServiceVerdict } from '@concord-rpc/core/engine';
import type { Outgoing } from '../connection/outgoing';
import { notTakenError, whyNotTaken } from './explain-no-responders';
import { tellOfOlderForm } from './older-form-channel';
import { allForms, formFor } from './version-gate';

/**
 * Returns the call to send next: the same one if a server serves it by now, else an older form of it; or an error if no server takes any form. `data` is
 * the request that was sent.
 */
export async function fallBack(outgoing: Outgoing, data: Uint8Array): Promise<Outgoing | RpcError> {
  const verdict = await whyNotTaken(outgoing);
  if (verdict.kind === 'served') return outgoing;
  if (verdict.kind !== 'unsupported_version') return notTakenError(outgoing, verdict);
  const sent = { ...outgoing, args: argsIn(outgoing, data) };
  return olderOutgoing(sent, verdict) ?? notTakenError(sent, verdict);
}

/**
 * Expands a message to all servers into one message for each form, newest first. Each message lists the other forms, so that every server handles exactly
 * one. No discovery round trip is needed. A message to one server stays as it is.
 */
export function formsForAll(outgoing: Outgoing): readonly Outgoing[] {
  const { destination, method, minor, args, extras } = outgoing;
  if (destination.delivery !== 'all' || method.oldestForm === undefined || minor <= method.oldestForm) return [outgoing];
  const all = allForms(method, args);
  if (all.length === 1) return [outgoing];
  const forms = all.map((form) => form.minor);
  return all.map((form) => ({ ...outgoing, ...form, extras: { ...extras, forms } }));
}

/** Returns the older form of a call that a server takes; `undefined` if no server takes a form. */
function olderOutgoing(
  outgoing: Outgoing,
  { served }: ServiceVerdict & { readonly kind: 'unsupported_version' },
): Outgoing | undefined {
  const { method, minor, args, destination } = outgoing;
  if (method.oldestForm === undefined || destination.delivery === 'all') return undefined; // every form went to all servers
  const versions = served.map(({ version }) => parseVersion(version));
  const minors = versions.filter(({ major }) => major === method.contract.version.major).map((version) => version.minor);
  const form = formFor(method, args, Math.max(-1, ...minors.filter((each) => each < minor)));
  if (form === undefined) return undefined;
  tellOfOlderForm(destination, { method, minor, args }, form, 'served');
  return { ...outgoing, ...form };
}

/** The arguments as they were sent: a change that the caller has made to its objects since then is not part of the call. */
function argsIn({ method }: Outgoing, data: Uint8Array): unknown[] {
  const { args } = method.codec.decodeRequest(data);
  return method.definition.args.map((_, index) => (args as Readonly<Record<number, unknown>>)[index]);
}
