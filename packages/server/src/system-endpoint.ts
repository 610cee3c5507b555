/** What every server answers for Concord itself, on each of its topics: who it is, and its contracts. */
import { contractDocument, formatVersion, type MethodContract } from '@concord-rpc/core';
import type { Registration, ServedMethod } from './served-method';

/** Version of what servers answer for Concord itself. */
export const SYSTEM_VERSION = { major: 1, minor: 0 };

/** The methods of the system namespace, for one topic of a server. */
export function systemMethods(server: string, registrations: readonly Registration[]): ServedMethod[] {
  const ping = (method: unknown) => ({
    server,
    joins: true,
    endpoints: registrations.map(({ contract }) => ({
      name: contract.name,
      version: formatVersion(contract.version),
      namespaces: [contract.target.namespace, ...contract.legacyNamespaces],
      ...(typeof method === 'string' && { hasMethod: contract.methods.has(method) }),
    })),
  });
  const contracts = registrations.map(({ contract }) => contract);
  return [systemMethod('ping', ping), systemMethod('describe', () => ({ server, contract: contractDocument(contracts) }))];
}

function systemMethod(name: string, run: (argument: unknown) => unknown): ServedMethod {
  const definition: MethodContract = {
    name,
    since: 0,
    mode: 'call',
    returns: undefined,
    idempotent: true,
    timeout: undefined,
    description: undefined,
    args: [],
    required: 0,
  };
  return {
    definition,
    label: `_concord.${name}`,
    check: (args) => [Array.isArray(args) ? args[0] : undefined],
    run: ([argument]) => run(argument),
  };
}
