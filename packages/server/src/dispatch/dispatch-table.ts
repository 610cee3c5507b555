/** Maps every subject that a server serves to its method. The table is computed when the server starts. */

import type { RpcError } from '@concord-rpc/core';
import type { Contract } from '@concord-rpc/core/engine';
import { PING, presence, subjects } from '@concord-rpc/core/wire';
import { ServedTopic } from '../presence/served-topic';
import type { Registration } from '../registration/registration';
import type { ServedMethod } from '../request/served-method';
import { type ServerState, systemMethods } from '../system/system-methods';
import { byNamespace, type Listening, listeningOf } from './listening';
import { notServed } from './not-served';

/** The subjects and methods of a server. */
export interface DispatchTable {
  /** The subscriptions that the server needs. */
  readonly listening: readonly Listening[];
  /** The topics of the server, as it announces them. */
  readonly topics: readonly ServedTopic[];
  /** The method that serves each subject. One look-up decides version and method. */
  readonly methods: ReadonlyMap<string, ServedMethod>;
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
  const topics: ServedTopic[] = [];
  for (const group of byAddress(root, registrations)) {
    const { address, registrations: here } = group;
    const prefixes = {
      any: subjects.anyPrefix(address),
      to: subjects.serverPrefix(address, server),
      all: subjects.allPrefix(address),
    };
    for (const { namespace, registration } of byNamespace(here)) {
      add(methods, {
        prefixes: registration.listen.map((delivery) => prefixes[delivery]),
        namespace,
        version: registration.contract.version,
        served: registration.methods,
      });
    }
    listening.push(...listeningOf(address, prefixes, here));
    if (state === undefined) continue;
    const topic = new ServedTopic(address, state.identity, here);
    topics.push(topic);
    const system = systemMethods(topic, here, state);
    add(methods, {
      prefixes: [prefixes.to, prefixes.all],
      namespace: subjects.SYSTEM_NAMESPACE,
      version: subjects.SYSTEM_VERSION,
      served: system.map((method) => [method.definition.name, method]),
    });
    const ping = system.find(({ definition }) => definition.name === PING)!;
    for (const subject of exactSubjects(address, here)) {
      methods.set(subject, ping);
      listening.push({ subject, queue: address.topic });
    }
  }
  return {
    listening,
    topics,
    methods,
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

/** Returns the subjects on which one server of each exact version answers a ping. */
function exactSubjects(address: subjects.Address, registrations: readonly Registration[]): Set<string> {
  return new Set(
    byNamespace(registrations).map(({ namespace, registration }) =>
      presence.exactSubject(address, { namespace, ...registration.contract.version }),
    ),
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
