/** Compiles a `@Deprecated` mark. */
import type { DeprecatedMark } from '../decorators/class-metadata';
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import { parseVersion } from '../values/version';
import type { Deprecation } from './contract';
import type { ContractScope } from './contract-scope';

/**
 * Compiles the deprecation of a method, argument or field; returns nothing without a mark. `label` names the part in mistakes; by
 * default the scope's name and `where`.
 *
 * @throws RpcError `invalid_contract` or `invalid_version`: the first mistake, in one sentence.
 */
export function compileDeprecation(
  mark: DeprecatedMark | undefined,
  scope: ContractScope,
  where: string,
  label = `${scope.name}${where}`,
): { readonly deprecated?: Deprecation } {
  if (mark === undefined) return {};
  const { version, removeIn, use, why } = mark;
  if (removeIn !== undefined) parseVersion(removeIn, `removeIn of ${label}`);
  const wrong = Object.entries({ use, why }).find(([, text]) => text !== undefined && typeof text !== 'string');
  if (wrong !== undefined) {
    throw new RpcError(
      'invalid_contract',
      `${label} has @Deprecated with ${wrong[0]} ${quote(wrong[1])}, which must be a string`,
    );
  }
  const texts = Object.entries({ removeIn, use, why }).filter(([, text]) => text !== undefined);
  return { deprecated: { since: scope.minorOf(version, `${where} (deprecated)`), ...Object.fromEntries(texts) } };
}
