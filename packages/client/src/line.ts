/** What it takes to send over a transport and to wait for what comes back. */
import type { Codec, Transport } from '@concord-rpc/core';
import type { PendingCalls } from './pending-calls';

/** A transport with its wire format and the calls that wait on it. */
export interface Line {
  readonly transport: Transport;
  readonly codec: Codec;
  readonly pending: PendingCalls;
}
