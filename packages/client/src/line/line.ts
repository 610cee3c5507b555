/** The parts that a client needs to send a message over a transport and to wait for its replies. */

import type { Transport } from '@concord-rpc/core';
import type { Codecs } from '@concord-rpc/core/wire';
import type { PendingCalls } from './pending-calls';

/** A transport with its wire formats and the calls that wait for replies on it. */
export interface Line {
  readonly transport: Transport;
  readonly codecs: Codecs;
  readonly pending: PendingCalls;
}
