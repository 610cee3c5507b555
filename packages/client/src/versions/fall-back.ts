/** Decides what follows when the broker found no server for a call: an older form of it, the same call again, or an error. */

import type { RpcError } from '@concord-rpc/core';
import { type Encoded, toBytes } from '@concord-rpc/core/wire';
import type { Outgoing } from '../connection/outgoing';
import { notTakenError, whyNotTaken } from './explain-no-responders';
import { tellOfOlderForm } from './older-form-channel';
import { allForms, formFor, unservedKey } from './version-gate';

/**
 * Returns the next older form of a call that the broker found no server for; `undefined` if there is none. The broker judges that form too, within a round
 * trip: no server has to be asked. `args` are the arguments as they were sent.
 */
export function stepDown(outgoing: Outgoing, args: readonly unknown[]): Outgoing | undefined {
  const { route, destination, method, minor } = outgoing;
  if (method.oldestForm === undefined || destination.delivery === 'all') return undefined; // every form went to all servers
  route.unserved.note(unservedKey(outgoing), minor);
  const form = formFor(method, args, minor - 1);
  if (form === undefined) return undefined;
  tellOfOlderForm(destination, { method, minor, args }, form, 'served');
  return { ...outgoing, ...form };
}

/** Returns the same call if a server serves it by now; else the error that says why no server takes it, in any form. */
export async function sameOrError(outgoing: Outgoing): Promise<Outgoing | RpcError> {
  const verdict = await whyNotTaken(outgoing);
  return verdict.kind === 'served' ? outgoing : notTakenError(outgoing, verdict);
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

/** The arguments as they were sent: a change that the caller has made to its objects since then is not part of the call. */
export function argsIn({ method }: Pick<Outgoing, 'method'>, data: Encoded): unknown[] {
  const { args } = method.codec.decodeRequest(toBytes(data));
  return method.definition.args.map((_, index) => (args as Readonly<Record<number, unknown>>)[index]);
}
