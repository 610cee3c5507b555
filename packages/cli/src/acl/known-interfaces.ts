/** The interfaces that permissions can name: topics, namespaces, majors, and methods under all of their names. */
import type { ContractDocument } from '@concord-rpc/core';
import type { MethodDocument } from '@concord-rpc/core/engine';
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

/** Joins the interfaces of several contracts: a method of any of them is known. */
export function knownInterfaces(contracts: readonly ContractDocument[], further: FurtherNamespaces): readonly KnownInterface[] {
  const known = new Map<string, KnownInterface>();
  for (const contract of contracts) {
    for (const [key, endpoint] of Object.entries(contract.endpoints)) {
      const at = key.lastIndexOf('@');
      const name = key.slice(0, at);
      const [address] = addressesIn(contract, key); // refuses a topic that Concord cannot send to
      const { namespace = null, methods } = endpoint;
      const earlier = known.get(key);
      const namespaces = [...(earlier?.namespaces ?? []), namespace, ...(further[key] ?? []), ...(further[name] ?? [])];
      known.set(key, {
        ...{ key, name, major: Number(key.slice(at + 1)), ...address! },
        namespaces: new Set(namespaces),
        methods: new Map([...(earlier?.methods ?? []), ...Object.entries(methods).map(withNames)]),
      });
    }
  }
  return [...known.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function withNames([name, method]: [string, MethodDocument]): [string, KnownMethod] {
  const { mode, aliases = [], idempotent = false, idempotencyWindowMs } = method;
  return [name, { mode, names: new Set([name, ...aliases]), isRepeated: idempotent || idempotencyWindowMs !== undefined }];
}

/** The topic of an interface as users write it. */
export function topicOf({ exchange, topic }: TopicAddress): string {
  return `${exchange}/${topic}`;
}
