/** Decides which form of a fanout this server handles, when the message was sent in several forms. */
import { type Request, subjects } from '@concord-rpc/core/wire';
import type { DispatchTable } from './dispatch-table';

/** The handling of one form: serve it, refuse it, or ignore it because another form counts. */
export type FormVerdict = 'serve' | 'refuse' | 'leave';

/** Chooses the newest form that this server serves. If it serves none, it refuses the oldest, so that each fanout is run or refused once. */
export function verdictOnForm(subject: string, forms: NonNullable<Request['forms']>, table: DispatchTable): FormVerdict {
  const own = subjects.minorIn(subject);
  const chosen = forms.find((minor) => table.methods.get(subjects.atMinor(subject, minor)) !== undefined);
  if (chosen !== undefined) return chosen === own ? 'serve' : 'leave';
  return own === forms.at(-1) ? 'refuse' : 'leave';
}
