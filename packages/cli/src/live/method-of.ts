/** One method of an interface of a live fleet. */
import { type MethodDocument, parseVersion } from '@concord-rpc/core/engine';
import { contractAt } from '@concord-rpc/evolution';
import { CommandFailure } from '../console/command-failure';
import { didYouMean } from '../console/did-you-mean';
import { EXIT } from '../console/exit-codes';
import type { LiveContract } from './live-contract';

/**
 * Returns a method of a contract, under its present name or a former one.
 *
 * @throws CommandFailure with exit code 6 if the contract has no such method.
 */
export function methodOf(
  { key, document }: LiveContract,
  name: string,
): { readonly name: string; readonly method: MethodDocument } {
  const { methods } = document.endpoints[key]!;
  if (Object.hasOwn(methods, name)) return { name, method: methods[name]! };
  const renamed = Object.entries(methods).find(([, { aliases = [] }]) => aliases.includes(name));
  if (renamed !== undefined) return { name: renamed[0], method: renamed[1] };
  const names = Object.keys(methods);
  throw new CommandFailure(
    `${key} has no method ${name}${didYouMean(name, names)}`,
    `its methods: ${names.join(', ')}`,
    EXIT.refused,
  );
}

/** Returns the contract with this method alone, and the types that it reaches. */
export function withMethodAlone(live: LiveContract, name: string): LiveContract {
  const { key, document } = live;
  const endpoint = document.endpoints[key]!;
  const methods = { [name]: endpoint.methods[name]! };
  const alone = { ...document, endpoints: { [key]: { ...endpoint, methods } } };
  return { ...live, document: contractAt(alone, key, parseVersion(endpoint.version))! };
}
