/**
 * The private members of both clients that Concord uses, in this file only. A client without them works as it does by itself: it waits
 * between attempts by its own rule, leaves sockets open that have timed out, and asks the broker once for each subscription that ends.
 */

interface ConnectionParts {
  readonly protocol?: {
    /** The servers of the cluster. A client tries one if its last attempt at it is as long ago as the wait that it asked for. */
    readonly servers?: { readonly servers?: { lastConnect: number }[] };
    /** The socket of the last attempt. */
    readonly transport?: {
      readonly connected?: boolean;
      readonly socket?: { destroy(): void };
      peekInfo?(): Promise<unknown>;
    };
  };
}

/** Returns the number of servers that a connection can try; 1 if it is unknown. */
export function serverCount(connection: object): number {
  return Math.max(1, poolOf(connection)?.length ?? 1);
}

/**
 * Sets the time of the last attempt at every server, so that the client waits exactly as long as it is told, or, with 0, tries the next
 * server at once. Returns false if the client does not have the members.
 */
export function setLastAttempt(connection: object, time: number): boolean {
  const pool = poolOf(connection);
  for (const server of pool ?? []) server.lastConnect = time;
  return pool !== undefined && pool.length > 0;
}

/**
 * Ends an attempt that has timed out or is under way. The clients leave its socket open, which holds the process; and if the broker ends it
 * later, `nats` 2.x takes that for the end of the new connection.
 */
export function endAttempt(connection: object): void {
  const last = (connection as ConnectionParts).protocol?.transport;
  if (last?.connected !== false) return;
  last.peekInfo = () => Promise.reject(new Error('the attempt to connect has ended'));
  last.socket?.destroy();
}

interface SubscriptionParts {
  readonly protocol?: {
    unsub?(subscription: object): void;
    readonly subscriptions?: { cancel?(subscription: object): void };
  };
}

/**
 * Ends a subscription at the broker; messages that the broker has sent are still delivered. Returns a function that ends it in the client
 * too, for when they have come; `undefined` if the client does not have the members, and then nothing is done.
 */
export function endAtBroker(subscription: object): (() => void) | undefined {
  const { protocol } = subscription as SubscriptionParts;
  const table = protocol?.subscriptions;
  if (typeof protocol?.unsub !== 'function' || typeof table?.cancel !== 'function') return undefined;
  protocol.unsub(subscription);
  return () => table.cancel!(subscription);
}

/** Members of a message. They make reading faster, and headers safe to look at. */
export interface MessageParts {
  /** The bytes of the header and the payload. */
  readonly _rdata?: Uint8Array;
  readonly _msg?: { readonly hdr?: number; readonly subject?: Uint8Array; readonly reply?: Uint8Array };
}

function poolOf(connection: object): { lastConnect: number }[] | undefined {
  const pool = (connection as ConnectionParts).protocol?.servers?.servers;
  return Array.isArray(pool) ? pool : undefined;
}
