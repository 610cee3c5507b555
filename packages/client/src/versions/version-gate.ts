/** What version a call needs, and in which form it is sent: the only place where a client judges versions. */
import { formatNeed, formatVersion, RpcError, serves, type Version } from '@concord-rpc/core';
import type { View } from '../connection/outgoing';
import { servedVersions } from '../fleet/served-versions';
import type { ClientMethod } from '../method/client-method';
import { capNow } from './cap';
import { tellOfOlderForm } from './older-form-channel';
import { formFor, neededMinor, type SentForm } from './sent-form';

/**
 * The form in which a call is sent: as it is, or without what may be left out, or under a name that the method had, where the cap, or what the fleet has
 * answered before, says that nobody takes it as it is.
 *
 * @throws RpcError `version_capped` if that is above the cap.
 */
export function requireForm(view: View, method: ClientMethod, args: readonly unknown[]): SentForm {
  const minor = neededMinor(method, args);
  const cap = view.settings.cap === 'auto' ? capNow(view, method.contract) : view.settings.cap;
  const written = { method, minor, args };
  if (method.oldestForm !== undefined && minor > method.oldestForm) {
    const older = olderForm(view, written, cap);
    if (older !== undefined) return older;
  }
  if (cap === undefined || isWithin(cap, method, minor)) return written;
  throw new RpcError(
    'version_capped',
    `${method.label} needs ${formatNeed(method.contract, method.definition, args)}; this client is capped at ${formatVersion(cap)}${view.settings.cap === 'auto' ? ', the lowest version that is alive' : ''}`,
    { data: { needs: formatVersion({ major: method.contract.version.major, minor }), cap: formatVersion(cap) } },
  );
}

/** Whether a call that needs this minor is within a cap: the same major, and at most its minor (oslo.messaging's `version_cap`). */
export function isWithin(cap: Version, method: ClientMethod, minor: number): boolean {
  return serves(cap, { major: method.contract.version.major, minor });
}

/** The newest form below what is written that the cap lets through and that somebody takes; `undefined` if the call may be tried as it is. */
function olderForm(view: View, written: SentForm, cap: Version | undefined): SentForm | undefined {
  const { method, minor, args } = written;
  const capped = cap === undefined ? Number.POSITIVE_INFINITY : cap.major === method.contract.version.major ? cap.minor : -1;
  const highest = Math.min(capped, highestServed(view, written));
  if (minor <= highest) return undefined;
  const form = formFor(method, args, highest);
  if (form !== undefined) tellOfOlderForm(view, written, form, capped === highest ? 'cap' : 'served');
  return form;
}

/** The highest minor that anybody serves, if a call has found out before that it is too low for some. */
function highestServed({ connection, destination }: View, { method: { askedNames, contract }, minor }: SentForm): number {
  if (destination.delivery === 'all') return Number.POSITIVE_INFINITY; // each gets the form that it takes
  const about = { names: askedNames, server: destination.server };
  const servers = connection.announcements.learned(destination.address, about);
  const highest = servers && servedVersions(servers, { destination, contract }).at(-1);
  if (highest !== undefined && highest.minor < minor) return highest.minor;
  if (highest !== undefined) connection.announcements.forget(destination.address, about); // the fleet has caught up
  return Number.POSITIVE_INFINITY;
}
