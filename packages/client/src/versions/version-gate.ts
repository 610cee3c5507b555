/** Decides in which form a call is sent, and refuses calls above the version cap: the only place where a client judges versions. */

import { RpcError } from '@concord-rpc/core';
import { formatNeed, formatVersion, serves, type Version } from '@concord-rpc/core/engine';
import type { Outgoing, SentForm, View } from '../connection/outgoing';
import type { ClientMethod } from '../method/client-method';
import { capNow } from './cap';
import { tellOfOlderForm } from './older-form-channel';

/**
 * The form in which a call is sent: as the caller wrote it, or in an older form if the cap or an earlier answer of the servers shows that no server
 * takes it as written. An older form leaves out droppable parts or uses a former name.
 *
 * @throws RpcError `version_capped` if every form is above the cap.
 */
export function requireForm(view: View, method: ClientMethod, args: readonly unknown[]): SentForm {
  const minor = method.needs.least(args);
  const cap = view.settings.cap === 'auto' ? capNow(view, method.contract) : view.settings.cap;
  const written = { method, minor, args };
  if (method.oldestForm !== undefined && minor > method.oldestForm) {
    const older = olderForm(view, written, cap);
    if (older !== undefined) return older;
  }
  if (cap === undefined || serves(cap, { major: method.contract.version.major, minor })) return written;
  throw cappedError(view, written, cap);
}

/** The newest form of a call that a server at this minor takes, under the name that the server knows; `undefined` if the server takes no form. */
export function formFor(method: ClientMethod, args: readonly unknown[], served: number): SentForm | undefined {
  const named = [method, ...method.former].find(({ definition }) => definition.since <= served);
  if (named === undefined) return undefined;
  const minor = named.needs.least(args);
  if (minor <= served) return { method: named, minor, args };
  const form = named.olderForms?.newest(args, served);
  return form && { method: named, ...form };
}

/** All forms of a call, newest first. A server takes the first form that is not above its own minor. */
export function allForms(method: ClientMethod, args: readonly unknown[]): SentForm[] {
  const forms: SentForm[] = [];
  let form: SentForm | undefined = { method, minor: method.needs.least(args), args };
  for (; form !== undefined; form = formFor(method, args, form.minor - 1)) forms.push(form);
  return forms;
}

/** The highest minor that a cap allows in the major of a contract: Infinity without a cap, -1 for a cap of another major. */
export function highestWithin(cap: Version | undefined, { contract }: ClientMethod): number {
  if (cap === undefined) return Number.POSITIVE_INFINITY;
  return cap.major === contract.version.major ? cap.minor : -1;
}

/** The newest form below the written one that the cap allows and a server takes; `undefined` if the call may be sent as written. */
function olderForm(view: View, written: SentForm, cap: Version | undefined): SentForm | undefined {
  const { method, minor, args } = written;
  const capped = highestWithin(cap, method);
  const highest = Math.min(capped, highestServed(view, written));
  if (minor <= highest) return undefined;
  const form = formFor(method, args, highest);
  if (form !== undefined) tellOfOlderForm(view.destination, written, form, capped === highest ? 'cap' : 'served');
  return form;
}

/** The name of a method, and of the one server that is called, in `CallRoute.unserved`. */
export function unservedKey({ destination, method }: Pick<Outgoing, 'destination' | 'method'>): string {
  return destination.server === undefined ? method.askedNames : `${method.askedNames}/${destination.server}`;
}

/** The highest minor that a server may serve, if the broker has just had no server for a higher one; else Infinity. */
function highestServed({ route, destination }: View, { method }: SentForm): number {
  if (destination.delivery === 'all') return Number.POSITIVE_INFINITY; // every server gets the form that it takes
  return route.unserved.lowest(unservedKey({ destination, method })) - 1;
}

function cappedError({ settings }: View, { method, minor, args }: SentForm, cap: Version): RpcError {
  const { label, contract, definition } = method;
  const lowest = settings.cap === 'auto' ? ', the lowest version that a live server serves' : '';
  return new RpcError(
    'version_capped',
    `${label} needs ${formatNeed(contract, definition, args)}; this client is capped at ${formatVersion(cap)}${lowest}`,
    { data: { needs: formatVersion({ major: contract.version.major, minor }), cap: formatVersion(cap) } },
  );
}
