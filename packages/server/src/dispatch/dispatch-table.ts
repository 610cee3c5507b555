/** Which method serves which subject: every subject that a server serves, computed when it starts, and why any other is refused. */
import { type Contract, formatVersion, quote, RpcError, readVersion, serves, subjects } from '@concord-rpc/core';
import type { Registration, ServedMethod } from '../registration/served-method';
import { type ServerState, systemMethods } from './system-endpoint';

/** A subject to listen on. */
export interface Listening {
  readonly subject: string;
  readonly queue?: string;
}

/** What a server serves. */
export interface DispatchTable {
  /** Where to listen. */
  readonly listening: readonly Listening[];
  /** The method that serves a subject; one look-up decides version and method. */
  find(subject: string): ServedMethod | undefined;
  /** Why nothing serves a subject. */
  refusal(subject: string): RpcError;
}

/** The subjects that a server serves and listens on. Where several endpoints serve the same, the one registered first does, as in oslo.messaging. */
export function dispatchTable(
  root: string,
  server: string,
  registrations: readonly Registration[],
  state: ServerState = {},
): DispatchTable {
  const methods = new Map<string, ServedMethod>();
  const listening: Listening[] = [];
  for (const group of byAddress(root, registrations)) {
    const prefixes = prefixesOf(group.address, server);
    const { toAll, toServer, toAny } = prefixes;
    for (const { namespace, registration } of accepted(group.registrations)) {
      add(methods, [toAny, toServer, toAll], namespace, registration.contract.version, registration.methods);
    }
    add(
      methods,
      [toServer, toAll],
      subjects.SYSTEM_NAMESPACE,
      subjects.SYSTEM_VERSION,
      systemMethods(server, group.registrations, state).map((method) => [method.definition.name, method]),
    );
    const queue = group.address.topic;
    listening.push(...versionSubjects(toAny, group.registrations).map((subject) => ({ subject, queue })));
    listening.push(...versionSubjects(toServer, group.registrations).map((subject) => ({ subject })));
    listening.push({ subject: subjects.systemSubject(toServer, '*') }, { subject: subjects.everythingUnder(toAll) });
  }
  return {
    listening,
    find: (subject) => methods.get(subject),
    refusal: (subject) => refusal(subject, registrations, root),
  };
}

function add(
  methods: Map<string, ServedMethod>,
  prefixes: readonly string[],
  namespace: string | null,
  version: Contract['version'],
  served: Iterable<readonly [string, ServedMethod]>,
): void {
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
 * What to listen on so that the broker gives this server only what it can serve, and says of the rest that nobody is there: one
 * wildcard a minor. Where endpoints of different minors share a namespace and major, the minors that only some serve are listened
 * on by method.
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

/** Registrations with each namespace that they answer to, in the order of registration. */
function accepted(registrations: readonly Registration[]): { namespace: string | null; registration: Registration }[] {
  return registrations.flatMap((registration) =>
    namespacesOf(registration.contract).map((namespace) => ({ namespace, registration })),
  );
}

function namespacesOf(contract: Contract): (string | null)[] {
  return [...new Set([contract.target.namespace, ...contract.legacyNamespaces])];
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

/**
 * The refusal that is true of a subject that nothing serves: unknown namespace; version too new, with what is served; no such
 * method. (oslo.messaging says "unsupported version" of all three where no endpoint fits, and "no such method" of a version too new
 * where an unrelated endpoint does.)
 */
function refusal(subject: string, registrations: readonly Registration[], root: string): RpcError {
  const parsed = subjects.parseSubject(subject);
  const needs = parsed && readVersion(`${parsed.major}.${parsed.minor}`);
  if (parsed === undefined || needs === undefined) {
    return new RpcError('protocol_error', `${quote(subject)} is not the subject of a method`);
  }
  const here = registrations.filter(({ contract }) =>
    subject.startsWith(`${root}.${contract.target.exchange}.${contract.target.topic}.`),
  );
  const { namespace, method } = parsed;
  const inNamespace = here.filter(({ contract }) => namespacesOf(contract).includes(namespace));
  if (inNamespace.length === 0) {
    const known = here.flatMap(({ contract }) => namespacesOf(contract));
    return new RpcError(
      'unknown_namespace',
      `no namespace ${namespace === null ? '(none)' : quote(namespace)} here; there: ${known.map((name) => name ?? '(none)').join(', ')}`,
      { data: { served: known } },
    );
  }
  const ofMajor = inNamespace.filter(({ contract }) => contract.version.major === needs.major);
  const having = ofMajor.filter(({ methods }) => methods.has(method));
  if (having.length === 0 && ofMajor.some(({ contract }) => serves(contract.version, needs))) {
    return new RpcError('no_such_method', `${ofMajor[0]!.contract.name} ${formatVersion(needs)} has no method ${quote(method)}`);
  }
  const [about] = [having, ofMajor, inNamespace].find((some) => some.length > 0)!;
  const versions = (having.length > 0 ? having : inNamespace).map(({ contract }) => formatVersion(contract.version));
  return new RpcError(
    'unsupported_version',
    `${about!.contract.name}.${method.slice(0, 64)} needs ${formatVersion(needs)}; served: ${versions.join(', ')}`,
    {
      data: { needs: formatVersion(needs), served: versions.map((version) => ({ version })) },
    },
  );
}
