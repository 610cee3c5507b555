/** What every server answers for Concord itself, on each of its topics: who it is, its contracts, and what its callers use. */
import {
  CANCEL,
  type CallMode,
  CREDIT,
  contractDocument,
  DESCRIBE,
  formatVersion,
  type MethodContract,
  PING,
  type ServerAnnouncement,
  subjects,
  type Target,
  USAGE,
} from '@concord-rpc/core';
import type { CallsUnderWay } from '../load/calls-under-way';
import type { Registration, ServedMethod } from '../registration/served-method';
import type { UsageLog } from '../usage/usage-log';

/** What of a server changes while it runs and is asked about. */
export interface ServerState {
  readonly underWay?: CallsUnderWay;
  readonly usage?: UsageLog;
}

/** The methods of the system namespace, for one topic of a server. */
export function systemMethods(
  server: string,
  registrations: readonly Registration[],
  { underWay, usage }: ServerState,
): ServedMethod[] {
  const ping = (...names: unknown[]): ServerAnnouncement => ({
    server,
    joins: true,
    endpoints: registrations.map(({ contract, methods }) => ({
      name: contract.name,
      version: formatVersion(contract.version),
      namespaces: [contract.target.namespace, ...contract.legacyNamespaces],
      ...(names.length > 0 && { hasMethod: names.some((name) => methods.has(name as string)) }),
    })),
  });
  const contracts = registrations.map(({ contract }) => contract);
  const { target } = contracts[0]!;
  return [
    systemMethod(target, PING, 'call', ping),
    systemMethod(target, DESCRIBE, 'call', () => ({ server, contract: contractDocument(contracts) })),
    systemMethod(target, USAGE, 'call', () => usage?.report(server, registrations)),
    systemMethod(target, CANCEL, 'cast', (nonce) => underWay?.cancel(nonce)),
    systemMethod(target, CREDIT, 'cast', (nonce, items) => underWay?.credit(nonce, items)),
  ];
}

function systemMethod(on: Target, name: string, mode: CallMode, run: (...args: unknown[]) => unknown): ServedMethod {
  const definition: MethodContract = {
    name,
    since: 0,
    mode,
    returns: undefined,
    errors: [],
    expected: [],
    idempotent: true,
    idempotencyWindow: undefined,
    timeout: undefined,
    description: undefined,
    args: [],
    required: 0,
  };
  const namespace = subjects.SYSTEM_NAMESPACE;
  return {
    contract: { name: namespace, target: { ...on, namespace } },
    definition,
    isSystem: true,
    label: `${namespace}.${name}`,
    check: (args) => (Array.isArray(args) ? [...args] : []),
    run: (args) => run(...args),
  };
}
