/** What it takes to send over a transport and to wait for what comes back. */
import type { Codecs, Transport } from '@concord-rpc/core';
import type { PendingCalls } from './pending-calls';

/** A transport with its wire formats and the calls that wait on it. */
export interface Line {
  readonly transport: Transport;
  readonly codecs: Codecs;
  readonly pending: PendingCalls;
}
