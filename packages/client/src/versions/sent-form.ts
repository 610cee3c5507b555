/** In which form, and under which of its names, a method's call is sent to whom. */
import type { CallForm } from '@concord-rpc/core';
import type { ClientMethod } from '../method/client-method';

/** A form of a call, and the method under the name by which it is called. */
export interface SentForm extends CallForm {
  readonly method: ClientMethod;
}

/** The minor that a call with these arguments needs. */
export function neededMinor(method: ClientMethod, args: readonly unknown[]): number {
  return method.needs.least(args);
}

/** The newest form of a call that a server at this minor takes, under the name that it knows; `undefined` if it takes none. */
export function formFor(method: ClientMethod, args: readonly unknown[], served: number): SentForm | undefined {
  const named = [method, ...method.former].find(({ definition }) => definition.since <= served);
  if (named === undefined) return undefined;
  const minor = neededMinor(named, args);
  if (minor <= served) return { method: named, minor, args };
  const form = named.olderForms?.newest(args, served);
  return form && { method: named, ...form };
}

/** Every form of a call, newest first: each server takes the first that is not above its own minor. */
export function allForms(method: ClientMethod, args: readonly unknown[]): SentForm[] {
  const forms: SentForm[] = [];
  let form: SentForm | undefined = { method, minor: neededMinor(method, args), args };
  for (; form !== undefined; form = formFor(method, args, form.minor - 1)) forms.push(form);
  return forms;
}
