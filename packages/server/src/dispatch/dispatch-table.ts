/** Maps every subject that a server serves to its method. The table is computed when the server starts. */

import type { RpcError } from '@concord-rpc/core';
import type { Contract } from '@concord-rpc/core/engine';
import { subjects } from '@concord-rpc/core/wire';
import type { Registration } from '../registration/registration';
import type { ServedMethod } from '../request/served-method';
import { type ServerState, systemMethods } from '../system/system-methods';
import { namespacesOf, notServed } from './not-served';

/** A subject to subscribe to, with the queue group if there is one. */
export interface Listening {
  readonly subject: string;
  readonly queue?: string;
  /** The topic, if the messages are about calls that run here. A server that stops needs these messages until the calls have ended. */
  readonly controlOf?: subjects.Address;
}

/** The subjects and methods of a server. */
export interface DispatchTable {
  /** The subscriptions that the server needs. */
  readonly listening: readonly Listening[];
  /** Returns the method that serves a subject. One look-up decides version and method. */
  find(subject: string): ServedMethod | undefined;
  /** Returns the error for a subject that is not served. */
  refusal(subject: string): RpcError;
}

/** Computes the table of a server; without a state, system methods are not served. If several endpoints serve the same subject, the one registered first is called, as in oslo.messaging. */
export function dispatchTable(
  root: string,
  server: string,
  registrations: readonly Registration[],
  state?: ServerState,
): DispatchTable {
  const methods = new Map<string, ServedMethod>();
  const listening: Listening[] = [];
  for (const group of byAddress(root, registrations)) {
    const prefixes = prefixesOf(group.address, server);
    const { toAll, toServer, toAny } = prefixes;
    for (const { namespace, registration } of accepted(group.registrations)) {
      add(methods, {
        prefixes: [toAny, toServer, toAll],
        namespace,
        version: registration.contract.version,
        served: registration.methods,
      });
    }
    if (state !== undefined) {
      add(methods, {
        prefixes: [toServer, toAll],
        namespace: subjects.SYSTEM_NAMESPACE,
        version: subjects.SYSTEM_VERSION,
        served: systemMethods(server, group.registrations, state).map((method) => [method.definition.name, method]),
      });
    }
    const queue = group.address.topic;
    listening.push(...versionSubjects(toAny, group.registrations).map((subject) => ({ subject, queue })));
    listening.push(...versionSubjects(toServer, group.registrations).map((subject) => ({ subject })));
    listening.push({ subject: subjects.systemSubject(toServer, '*'), controlOf: group.address });
    listening.push({ subject: subjects.everythingUnder(toAll) });
  }
  return {
    listening,
    find: (subject) => methods.get(subject),
    refusal: (subject) => notServed(subject, registrations, root),
  };
}

/** Methods that are served under the same prefixes, namespace and version. */
interface SubjectGroup {
  readonly prefixes: readonly string[];
  readonly namespace: string | null;
  readonly version: Contract['version'];
  readonly served: Iterable<readonly [string, ServedMethod]>;
}

function add(methods: Map<string, ServedMethod>, { prefixes, namespace, version, served }: SubjectGroup): void {
  for (const [name, method] of served) {
    for (const prefix of prefixes) {
      for (let minor = 0; minor <= version.minor; minor++) {
        const subject = subjects.methodSubject(prefix, { namespace, major: version.major, minor, method: name });
        if (!methods.has(subject)) methods.set(subject, method);
      }
    }
  }
}

/**
 * Returns the subjects to subscribe to, one wildcard for each minor. The broker then delivers only messages that this server can
 * serve, and reports "no responders" for others. If endpoints of different minors share a namespace and major, a minor that only some
 * of them serve is subscribed to method by method.
 */
function versionSubjects(prefix: string, registrations: readonly Registration[]): string[] {
  const found = new Set<string>();
  for (const { namespace, registration } of accepted(registrations)) {
    const { version } = registration.contract;
    const sharing = accepted(registrations).filter(
      (other) => other.namespace === namespace && other.registration.contract.version.major === version.major,
    );
    const common = Math.min(...sharing.map((other) => other.registration.contract.version.minor));
    for (let minor = 0; minor <= version.minor; minor++) {
      const names = minor <= common ? ['*'] : registration.methods.keys();
      for (const method of names) found.add(subjects.methodSubject(prefix, { namespace, major: version.major, minor, method }));
    }
  }
  return [...found];
}

/** Pairs each registration with each of its namespaces, in the order of registration. */
function accepted(registrations: readonly Registration[]): { namespace: string | null; registration: Registration }[] {
  return registrations.flatMap((registration) =>
    namespacesOf(registration.contract).map((namespace) => ({ namespace, registration })),
  );
}

function byAddress(root: string, registrations: readonly Registration[]) {
  const groups = new Map<string, { address: subjects.Address; registrations: Registration[] }>();
  for (const registration of registrations) {
    const address = subjects.addressOf(registration.contract.target, root);
    const key = `${address.exchange}.${address.topic}`;
    const group = groups.get(key) ?? { address, registrations: [] };
    groups.set(key, group);
    group.registrations.push(registration);
  }
  return groups.values();
}

function prefixesOf(address: subjects.Address, server: string) {
  return {
    toAny: subjects.anyPrefix(address),
    toServer: subjects.serverPrefix(address, server),
    toAll: subjects.allPrefix(address),
  };
}
