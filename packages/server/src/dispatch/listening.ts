/** The subjects that a server subscribes to on one topic, so that the broker delivers only messages that the server can serve. */
import { subjects } from '@concord-rpc/core/wire';
import type { Registration } from '../registration/registration';
import { namespacesOf } from './not-served';

/** A subject to subscribe to, with the queue group if there is one. */
export interface Listening {
  readonly subject: string;
  readonly queue?: string;
  /** The topic, if the messages are about calls that run here. A server that stops needs these messages until the calls have ended. */
  readonly controlOf?: subjects.Address;
}

/** An endpoint and one namespace under which it answers. */
export interface NamedRegistration {
  readonly namespace: string | null;
  readonly registration: Registration;
}

/** The prefixes of the subjects of one server on one topic. */
export type Prefixes = Readonly<Record<subjects.Delivery, string>>;

/** Pairs each registration with each of its namespaces, in the order of registration. */
export function byNamespace(registrations: readonly Registration[]): NamedRegistration[] {
  return registrations.flatMap((registration) =>
    namespacesOf(registration.contract).map((namespace) => ({ namespace, registration })),
  );
}

/** Returns the subscriptions of a server for its endpoints on one topic. */
export function listeningOf(address: subjects.Address, prefixes: Prefixes, registrations: readonly Registration[]): Listening[] {
  const takesAll = registrations.some(({ listen }) => listen.includes('all'));
  return [
    ...subjectsOf('any', methodByMethod, prefixes, registrations).map((subject) => ({ subject, queue: address.topic })),
    ...subjectsOf('to', allMethods, prefixes, registrations).map((subject) => ({ subject })),
    { subject: subjects.systemSubject(prefixes.to, '*'), controlOf: address },
    { subject: takesAll ? subjects.everythingUnder(prefixes.all) : subjects.systemSubject(prefixes.all, '*') },
  ];
}

/** A method, or every method, at the minors that endpoints of one namespace and major serve. */
type Served = Pick<subjects.ServedMinors, 'method' | 'minors'>;

/** The subjects of one delivery, for each namespace and major that endpoints answer to. */
function subjectsOf(
  delivery: subjects.Delivery,
  served: (sharing: readonly Registration[]) => Served[],
  prefixes: Prefixes,
  registrations: readonly Registration[],
): string[] {
  const sharing = new Map<string, NamedRegistration[]>();
  for (const named of byNamespace(registrations.filter(({ listen }) => listen.includes(delivery)))) {
    const key = `${named.namespace}/${named.registration.contract.version.major}`;
    sharing.set(key, [...(sharing.get(key) ?? []), named]);
  }
  return [...sharing.values()].flatMap((group) => {
    const { namespace, registration } = group[0]!;
    const { major } = registration.contract.version;
    return served(group.map((named) => named.registration)).flatMap((each) =>
      subjects.methodPatterns(prefixes[delivery], { namespace, major, ...each }),
    );
  });
}

/**
 * Every method by itself. Servers of other interfaces can share the namespace: they never get a call of a method that they do not have.
 * All servers of a version share these subjects, so a further server adds none to the tables of the brokers.
 */
function methodByMethod(sharing: readonly Registration[]): Served[] {
  return [...highestMinors(sharing)].map(([method, highest]) => ({ method, minors: [0, highest] }));
}

/**
 * All methods with one wildcard: these subjects belong to one server, and each is known to every broker of a cluster. If the endpoints are at
 * different minors, the minors that only some of them serve are subscribed to method by method.
 */
function allMethods(sharing: readonly Registration[]): Served[] {
  const common = Math.min(...sharing.map(({ contract }) => contract.version.minor));
  const above = [...highestMinors(sharing)].filter(([, highest]) => highest > common);
  return [
    { method: '*', minors: [0, common] },
    ...above.map(([method, highest]): Served => ({ method, minors: [common + 1, highest] })),
  ];
}

/** The highest minor at which each method is served. */
function highestMinors(sharing: readonly Registration[]): Map<string, number> {
  const highest = new Map<string, number>();
  for (const { contract, methods } of sharing) {
    for (const name of methods.keys()) highest.set(name, Math.max(contract.version.minor, highest.get(name) ?? 0));
  }
  return highest;
}
