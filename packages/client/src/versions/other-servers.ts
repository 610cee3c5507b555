/** Finds another server for a message that one server refused because it lacks the method: several interfaces can share a topic. */
import type { RpcError } from '@concord-rpc/core';
import { parseVersion, serves } from '@concord-rpc/core/engine';
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
    if (verdict.kind === 'served') return this.mayNameServer ? sentToOne(toAny, verdict) : toAny;
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

/**
 * Returns a cast addressed to a server that has its method, if the client knows that other servers of the topic would be given it and lack the method.
 * Never asks, and never waits.
 */
export function awayFromOthers(outgoing: Outgoing): Outgoing {
  if (outgoing.destination.delivery !== 'any') return outgoing;
  const known = whyNotTakenNow(outgoing);
  if (known?.kind !== 'served' || holdersIn(outgoing, known).size === serversIn(outgoing, known).size) return outgoing;
  return sentToOne(outgoing, known);
}

/** Adds the server to the destination of a message: one of those that announced the method, by chance. */
function sentToOne(outgoing: Outgoing, verdict: NotTaken & { readonly kind: 'served' }): Outgoing {
  const { address, target } = outgoing.destination;
  const holders = [...holdersIn(outgoing, verdict)];
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
