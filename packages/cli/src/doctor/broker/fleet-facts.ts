/** The facts that a fleet states to a user, and the questions that the broker denies this user. */
import { askServers, askUsage, type DescribedServer, describeAll, type KnownServer, type UsageAnswer } from '@concord-rpc/client';
import { isRpcError, type RpcError } from '@concord-rpc/core';
import { DESCRIBE, PING, presence, subjects, USAGE } from '@concord-rpc/core/wire';
import { CommandFailure } from '../../console/command-failure';
import { parseAnswer, type TopicAddress } from '../../live/ask-contracts';
import type { Fleet } from '../../live/with-fleet';
import { maySubscribe } from './tried';

/** One topic. */
export interface TopicFacts {
  readonly address: subjects.Address;
  /** `exchange/topic`. */
  readonly name: string;
  readonly servers: readonly KnownServer[];
  readonly described: readonly DescribedServer[];
  /** The error of the question for contracts, if every server refused it. */
  readonly refusal: RpcError | undefined;
  /** Servers that answered a ping, and sent no contract. */
  readonly silent: readonly string[];
  /** The usage that each server reported, by its name. */
  readonly usage: ReadonlyMap<string, UsageAnswer>;
  /** The methods of its interfaces, with their subjects. */
  readonly methods: readonly subjects.MethodAddress[];
  readonly denied: readonly Denial[];
}

/** Something that this user may not do. */
export interface Denial {
  readonly what: string;
  readonly subject: string;
}

/** A fleet. */
export interface FleetFacts {
  readonly fleet: Fleet;
  readonly topics: readonly TopicFacts[];
  /** The reason why topics could not be found. */
  readonly unfound: CommandFailure | undefined;
  /** The most minors between two servers of an interface. */
  readonly skew: number;
  /** The number of servers that should run. */
  readonly expect: number | undefined;
}

const LONGEST_WAIT = 3_000;
/** The most servers of a topic that are asked for their callers. */
const MOST_ASKED = 100;

/** Asks a fleet. */
export async function fleetFacts(fleet: Fleet, { skew, expect }: Pick<FleetFacts, 'skew' | 'expect'>): Promise<FleetFacts> {
  const found = await fleet.topics().catch((thrown: unknown) => {
    if (thrown instanceof CommandFailure) return thrown;
    throw thrown;
  });
  if (found instanceof CommandFailure) return { fleet, topics: [], unfound: found, skew, expect };
  const topics = await Promise.all(found.map((address) => topicFacts(fleet, address)));
  return { fleet, topics, unfound: undefined, skew, expect };
}

async function topicFacts(fleet: Fleet, address: subjects.Address): Promise<TopicFacts> {
  const { connection } = fleet;
  const denied: Denial[] = [];
  let refusal: RpcError | undefined;
  const orDenied = async <T>(what: string, subject: string, asked: Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await asked;
    } catch (thrown) {
      if (!isRpcError(thrown)) throw thrown;
      if (thrown.code === 'permission_denied') denied.push({ what, subject });
      else refusal = thrown;
      return otherwise;
    }
  };
  const all = subjects.allPrefix(address);
  const [servers, { described, silent }] = await Promise.all([
    orDenied('ask which servers run', subjects.systemSubject(all, PING), everyServer(fleet, address), []),
    orDenied('ask for contracts', subjects.systemSubject(all, DESCRIBE), describeAll(connection, address), {
      described: [],
      silent: [],
    }),
  ]);
  const asked = servers
    .slice(0, MOST_ASKED)
    .map(async ({ server }) => [server, await askUsage(connection, address, server, LONGEST_WAIT)] as const);
  const usage = new Map(await Promise.all(asked));
  const isDenied = ({ refusal }: { readonly refusal?: RpcError }) => refusal?.code === 'permission_denied';
  const [first] = [...usage].filter(([, answer]) => isDenied(answer));
  if (first !== undefined)
    denied.push({ what: 'ask who calls', subject: subjects.systemSubject(subjects.serverPrefix(address, first[0]), USAGE) });
  const signs = presence.everySign(address);
  if (!(await maySubscribe(connection, signs))) denied.push({ what: 'hear the signs of servers', subject: signs });
  const facts = { address, name: nameOf(address), servers, described, refusal, silent, usage, denied };
  return { ...facts, methods: methodsOf(facts) };
}

/**
 * The servers of a topic by name. A census joins the answers of two servers of one name; a live view would ask them first.
 *
 * @throws RpcError `permission_denied` if this user may not ask.
 */
async function everyServer({ connection }: Fleet, address: subjects.Address): Promise<readonly KnownServer[]> {
  const { servers, refusal } = await askServers(connection, address);
  if (servers.length === 0 && refusal !== undefined) throw refusal;
  return [...servers].sort((a, b) => (a.server < b.server ? -1 : 1));
}

function nameOf({ exchange, topic }: TopicAddress): string {
  return `${exchange}/${topic}`;
}

/** The methods of the contracts that servers sent, in the namespaces that they announced. */
function methodsOf({ described, servers }: Pick<TopicFacts, 'described' | 'servers'>): readonly subjects.MethodAddress[] {
  const found = new Map<string, subjects.MethodAddress>();
  for (const { server, contract, refusal } of described) {
    if (refusal !== undefined) continue;
    for (const [key, { methods }] of Object.entries(parseAnswer(server, contract).endpoints)) {
      const [name, major] = [key.slice(0, key.lastIndexOf('@')), Number(key.slice(key.lastIndexOf('@') + 1))];
      const served = servers.flatMap(({ endpoints }) => endpoints.filter((each) => each.name === name));
      for (const namespace of new Set(served.flatMap(({ namespaces }) => namespaces))) {
        for (const method of Object.keys(methods))
          found.set(`${namespace} ${major} ${method}`, { namespace, major, method, minor: 0 });
      }
    }
  }
  return [...found.values()];
}
