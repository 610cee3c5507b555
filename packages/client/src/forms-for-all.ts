/** A message to every server, in as many forms as it takes for each server to understand one. */
import type { Sending } from './sending';
import { allForms } from './sent-form';

/**
 * What is sent so that every server that can gets the message once, in the newest form that it takes: newest first, and each says which others there
 * are. Nobody has to be asked who is there. What goes to one server is one message.
 */
export function formsForAll(sending: Sending): readonly Sending[] {
  const { destination, method, minor, args, extras } = sending;
  if (destination.delivery !== 'all' || method.oldestForm === undefined || minor <= method.oldestForm) return [sending];
  const all = allForms(method, args);
  if (all.length === 1) return [sending];
  const forms = all.map((form) => form.minor);
  return all.map((form) => ({ ...sending, ...form, extras: { ...extras, forms } }));
}
