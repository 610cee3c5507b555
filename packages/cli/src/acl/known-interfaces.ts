/** The interfaces that permissions can name: topics, namespaces, majors, and methods under all of their names. */
import type { ContractDocument } from '@concord-rpc/core';
import { isToken, type MethodDocument } from '@concord-rpc/core/engine';
import { CommandFailure } from '../console/command-failure';
import { safeText } from '../console/safe-text';
import { addressesIn, type TopicAddress } from '../live/ask-contracts';

/** One major of an interface. */
export interface KnownInterface extends TopicAddress {
  /** `Name@major`. */
  readonly key: string;
  readonly name: string;
  readonly major: number;
  readonly namespaces: ReadonlySet<string | null>;
  readonly methods: ReadonlyMap<string, KnownMethod>;
}

/** A method. */
export interface KnownMethod {
  readonly mode: MethodDocument['mode'];
  /** Its present name, and its former ones. */
  readonly names: ReadonlySet<string>;
  /** True if a client sends it again to the server that has it, or to another server by name. */
  readonly isRepeated: boolean;
}

/** Further namespaces of interfaces, by `Name@major` or by name. */
export type FurtherNamespaces = Readonly<Record<string, readonly (string | null)[]>>;

/**
 * Joins the interfaces of several contracts: a method of any of them is known. An interface on two topics is two.
 *
 * @throws CommandFailure if a topic or a namespace is not a token: a wildcard would allow more than it names.
 */
export function knownInterfaces(contracts: readonly ContractDocument[], further: FurtherNamespaces): readonly KnownInterface[] {
  const known = new Map<string, KnownInterface>();
  for (const contract of contracts) {
    for (const [key, endpoint] of Object.entries(contract.endpoints)) {
      const at = key.lastIndexOf('@');
      const name = key.slice(0, at);
      const [address] = addressesIn(contract, key);
      const { namespace = null, methods } = endpoint;
      if (namespace !== null && (!isToken(namespace) || namespace.startsWith('_'))) {
        throw new CommandFailure(`${key} has the namespace ${safeText(namespace)}, which Concord cannot send to`);
      }
      const place = `${key} ${topicOf(address!)}`;
      const earlier = known.get(place);
      const namespaces = [...(earlier?.namespaces ?? []), namespace, ...(further[key] ?? []), ...(further[name] ?? [])];
      known.set(place, {
        ...{ key, name, major: Number(key.slice(at + 1)), ...address! },
        namespaces: new Set(namespaces),
        methods: joined(earlier?.methods ?? new Map(), Object.entries(methods).map(withNames)),
      });
    }
  }
  return [...known.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/** Joins the methods of two versions: a method has the names of both, because clients of each version run. */
function joined(
  known: ReadonlyMap<string, KnownMethod>,
  more: readonly [string, KnownMethod][],
): ReadonlyMap<string, KnownMethod> {
  const methods = new Map(known);
  for (const [name, method] of more) {
    const earlier = methods.get(name);
    methods.set(name, { ...method, names: new Set([...(earlier?.names ?? []), ...method.names]) });
  }
  return methods;
}

function withNames([name, method]: [string, MethodDocument]): [string, KnownMethod] {
  const { mode, aliases = [], idempotent = false, idempotencyWindowMs } = method;
  return [name, { mode, names: new Set([name, ...aliases]), isRepeated: idempotent || idempotencyWindowMs !== undefined }];
}

/** The topic of an interface as users write it. */
export function topicOf({ exchange, topic }: TopicAddress): string {
  return `${exchange}/${topic}`;
}
