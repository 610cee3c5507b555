/** A message to every server, in as many forms as it takes for each server to understand one. */
import type { Outgoing } from '../connection/outgoing';
import { allForms } from './sent-form';

/**
 * What is sent so that every server that can gets the message once, in the newest form that it takes: newest first, and each says which others there
 * are. Nobody has to be asked who is there. What goes to one server is one message.
 */
export function formsForAll(outgoing: Outgoing): readonly Outgoing[] {
  const { destination, method, minor, args, extras } = outgoing;
  if (destination.delivery !== 'all' || method.oldestForm === undefined || minor <= method.oldestForm) return [outgoing];
  const all = allForms(method, args);
  if (all.length === 1) return [outgoing];
  const forms = all.map((form) => form.minor);
  return all.map((form) => ({ ...outgoing, ...form, extras: { ...extras, forms } }));
}
