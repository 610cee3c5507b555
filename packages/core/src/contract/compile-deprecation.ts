/** What is announced to go: read from its mark, or refused. */

import type { DeprecatedMark, SinceMark } from '../decorators/class-metadata';
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import { parseVersion } from '../values/version';
import type { Deprecation } from './contract';

/** What a mark stands on. */
export interface DeprecatedPart {
  /** `Ports.list(status)`. */
  readonly label: string;
  minorOf(mark: SinceMark): number;
}

/**
 * What a mark announces; nothing without one.
 *
 * @throws RpcError `invalid_contract` or `invalid_version`: the first mistake, in one sentence.
 */
export function compileDeprecation(
  mark: DeprecatedMark | undefined,
  part: DeprecatedPart,
): { readonly deprecated?: Deprecation } {
  if (mark === undefined) return {};
  const { version, removeIn, use, why } = mark;
  if (removeIn !== undefined) parseVersion(removeIn, `removeIn of ${part.label}`);
  const unsaid = Object.entries({ use, why }).find(([, text]) => text !== undefined && typeof text !== 'string');
  if (unsaid !== undefined) {
    throw new RpcError('invalid_contract', `${part.label} is deprecated with ${unsaid[0]} ${quote(unsaid[1])}, which is no text`);
  }
  return { deprecated: { since: part.minorOf({ version }), ...given({ removeIn, use, why }) } };
}

function given(texts: Omit<Deprecation, 'since'>): Omit<Deprecation, 'since'> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
}
