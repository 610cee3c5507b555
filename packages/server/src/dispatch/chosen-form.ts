/** Of a message that goes to all in several forms: which of them this server takes. */
import { type Request, subjects } from '@concord-rpc/core';
import type { DispatchTable } from './dispatch-table';

/** What to do with one form of a message: serve it, refuse it for all of them, or leave it, as another is the one. */
export type FormVerdict = 'serve' | 'refuse' | 'leave';

/** A server takes the newest form that it serves, and refuses only the oldest, so that each is run or refused once. */
export function verdictOnForm(subject: string, forms: NonNullable<Request['forms']>, table: DispatchTable): FormVerdict {
  const own = subjects.minorOf(subject);
  const chosen = forms.find((minor) => table.find(subjects.atMinor(subject, minor)) !== undefined);
  if (chosen !== undefined) return chosen === own ? 'serve' : 'leave';
  return own === forms.at(-1) ? 'refuse' : 'leave';
}
