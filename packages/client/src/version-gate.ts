/** What version a call needs, and in which form it is sent: the only place where a client judges versions. */
import { type CallForm, formatNeed, formatVersion, RpcError, serves, type Version } from '@concord-rpc/core';
import { capNow } from './cap';
import type { ClientMethod } from './client-method';
import { tellOfOlderForm } from './older-form-channel';
import type { View } from './sending';
import { servedMinors } from './served-minors';

/**
 * The form in which a call is sent: as it is, or without what may be left out where the cap, or what the fleet has answered before, says that
 * nobody takes it as it is.
 *
 * @throws RpcError `version_capped` if that is above the cap.
 */
export function requireForm(view: View, method: ClientMethod, args: readonly unknown[]): CallForm {
  const minor = neededMinor(method, args);
  const cap = view.settings.cap === 'auto' ? capNow(view, method.contract) : view.settings.cap;
  if (method.olderForms !== undefined && minor > method.definition.since) {
    const older = olderForm(view, method, { minor, args }, cap);
    if (older !== undefined) return older;
  }
  if (cap === undefined || isWithin(cap, method, minor)) return { minor, args };
  throw new RpcError(
    'version_capped',
    `${method.label} needs ${formatNeed(method.contract, method.definition, args)}; this client is capped at ${formatVersion(cap)}${view.settings.cap === 'auto' ? ', the lowest version that is alive' : ''}`,
    { data: { needs: formatVersion({ major: method.contract.version.major, minor }), cap: formatVersion(cap) } },
  );
}

/** The minor that a call with these arguments needs. */
export function neededMinor(method: ClientMethod, args: readonly unknown[]): number {
  return method.leastMinor === undefined ? method.definition.since : method.leastMinor(args);
}

/** Whether a call that needs this minor is within a cap: the same major, and at most its minor (oslo.messaging's `version_cap`). */
export function isWithin(cap: Version, method: ClientMethod, minor: number): boolean {
  return serves(cap, { major: method.contract.version.major, minor });
}

/** The newest form below `minor` that the cap lets through and that somebody takes; `undefined` if the call may be tried as it is. */
function olderForm(view: View, method: ClientMethod, written: CallForm, cap: Version | undefined): CallForm | undefined {
  const capped = cap === undefined ? Number.POSITIVE_INFINITY : cap.major === method.contract.version.major ? cap.minor : -1;
  const highest = Math.min(capped, highestServed(view, method, written.minor));
  if (written.minor <= highest) return undefined;
  const form = method.olderForms!.newest(written.args, highest);
  if (form !== undefined) tellOfOlderForm(view, method, written, form, capped === highest ? 'cap' : 'served');
  return form;
}

/** The highest minor that anybody serves, if a call has found out before that it is too low for some. */
function highestServed({ connection, destination }: View, { contract, definition }: ClientMethod, wanted: number): number {
  if (destination.delivery === 'all') return Number.POSITIVE_INFINITY; // each gets the form that it takes
  const about = { method: definition.name, server: destination.server };
  const servers = connection.announcements.learned(destination.address, about);
  const highest = servers && servedMinors(servers, { destination, contract }).at(-1);
  if (highest !== undefined && highest.minor < wanted) return highest.minor;
  if (highest !== undefined) connection.announcements.forget(destination.address, about); // the fleet has caught up
  return Number.POSITIVE_INFINITY;
}
