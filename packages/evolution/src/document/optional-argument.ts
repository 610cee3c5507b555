/** Tells arguments that a caller may leave out from required ones. */
import type { ArgDocument } from '@concord-rpc/core/engine';

/** Returns whether a call may leave the argument out: it is not required, or it has a default. */
export function isOptional(arg: Pick<ArgDocument, 'required' | 'default'>): boolean {
  return arg.required === false || 'default' in arg;
}
