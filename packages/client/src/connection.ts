/** What all clients on one transport share: its reply table, and the codec. */
import { type Codec, jsonCodec, type Transport } from '@concord-rpc/core';
import { PendingCalls } from './pending-calls';

/** A transport with what calling over it takes. */
export interface Connection {
  readonly transport: Transport;
  readonly codec: Codec;
  readonly pending: PendingCalls;
}

/** One a transport, for as long as the transport lives. */
const connections = new WeakMap<Transport, Connection>();

/** The connection of a transport; made on first use. */
export function connectionOf(transport: Transport): Connection {
  let connection = connections.get(transport);
  if (connection === undefined) {
    const codec = jsonCodec;
    connections.set(transport, (connection = { transport, codec, pending: new PendingCalls(transport, codec) }));
  }
  return connection;
}
