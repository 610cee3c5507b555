/** Finds another server for a message that one server refused because it lacks the method: several interfaces can share a topic. */
import type { RpcError } from '@concord-rpc/core';
import { parseVersion, serves } from '@concord-rpc/core/engine';
import type { ServerAnnouncement } from '@concord-rpc/core/wire';
import type { Outgoing } from '../connection/outgoing';
import { Destination } from '../method/destination';
import { type NotTaken, notTakenError, whyNotTaken, whyNotTakenNow } from './explain-no-responders';
import { olderFormOf } from './fall-back';

/** Most times that one message is sent to another server. */
const MOST_DETOURS = 10;

/** The detours of one message: a server refused it, and it is sent to another one. */
export class Detours {
  private made = 0;
  /** False if the broker's permissions forbid messages to one server. */
  private mayNameServer = true;

  constructor(
    /** The message as it is sent to any server. */
    readonly toAny: Outgoing,
  ) {}

  /**
   * Returns the message to send next: to a server that has the method, again to any server, or in an older form; or the error that ends it. `data` is the
   * request that was sent.
   */
  async next(refusal: RpcError, data: Uint8Array): Promise<Outgoing | RpcError> {
    const { toAny } = this;
    if (++this.made > MOST_DETOURS || performance.now() >= toAny.deadline) return refusal;
    const known = this.made === 1 ? whyNotTakenNow(toAny) : undefined;
    const verdict = known?.kind === 'served' ? known : await whyNotTaken(toAny);
    if (verdict.kind === 'served') return this.mayNameServer ? sentToOneOf(toAny, [...holdersIn(toAny, verdict)]) : toAny;
    if (verdict.kind === 'no_answers') return verdict.noResponders ? refusal : toAny;
    if (verdict.kind !== 'unsupported_version') return refusal;
    return olderFormOf(toAny, verdict, data) ?? notTakenError(toAny, verdict);
  }

  /** Sends the message to any server from now on. */
  forbidNames(): void {
    this.mayNameServer = false;
  }
}

/** Returns whether another server may take a message that a server refused with this error: nothing ran, and the message was for any server. */
export function isForAnother({ destination }: Outgoing, { code, executed }: RpcError): boolean {
  return code === 'no_such_method' && executed === 'no' && destination.delivery === 'any';
}

/** Names of the servers to choose from, by announcements and by the version that a cast needs; `null` if the cast can go to any server. */
const choices = new WeakMap<readonly ServerAnnouncement[], Map<string, readonly string[] | null>>();

/**
 * Returns a cast addressed to a server that has its method, if the client knows that other servers of the topic would be given it and lack the method.
 * Never asks the servers, and never waits.
 */
export function awayFromOthers(outgoing: Outgoing): Outgoing {
  const { connection, destination, method, minor } = outgoing;
  if (destination.delivery !== 'any') return outgoing;
  const servers = connection.announcements.learned(destination.address, { names: method.askedNames, server: undefined });
  if (servers === undefined) return outgoing;
  let byVersion = choices.get(servers);
  if (byVersion === undefined) choices.set(servers, (byVersion = new Map()));
  const key = `${destination.target.namespace}/${method.contract.version.major}.${minor}`;
  let names = byVersion.get(key);
  if (names === undefined) byVersion.set(key, (names = choiceOf(outgoing)));
  return names === null ? outgoing : sentToOneOf(outgoing, names);
}

function choiceOf(outgoing: Outgoing): readonly string[] | null {
  const known = whyNotTakenNow(outgoing);
  if (known?.kind !== 'served') return null;
  const holders = holdersIn(outgoing, known);
  return holders.size === serversIn(outgoing, known).size ? null : [...holders];
}

/** Addresses a message to one of these servers, by chance. */
function sentToOneOf(outgoing: Outgoing, holders: readonly string[]): Outgoing {
  const { address, target } = outgoing.destination;
  const server = holders[Math.floor(Math.random() * holders.length)]!;
  return { ...outgoing, destination: new Destination('to', address, target, server) };
}

/** Names of the servers that take the message. */
function holdersIn(outgoing: Outgoing, verdict: NotTaken & { readonly kind: 'served' }): Set<string> {
  return serversIn(outgoing, { ...verdict, announced: verdict.announced.filter(({ hasMethod }) => hasMethod === true) });
}

/** Names of the servers that the broker gives the message to: those that serve its version with any interface. */
function serversIn({ destination, method, minor }: Outgoing, { announced }: NotTaken & { readonly kind: 'served' }): Set<string> {
  const needs = { major: method.contract.version.major, minor };
  const { namespace } = destination.target;
  const serving = announced.filter(
    ({ namespaces, version }) => namespaces.includes(namespace) && serves(parseVersion(version), needs),
  );
  return new Set(serving.map(({ server }) => server));
}
