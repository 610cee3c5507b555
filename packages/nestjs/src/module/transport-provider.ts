/** The connection to the broker as a provider, and whether the module closes it. */

import { RpcError, type Transport } from '@concord-rpc/core';
import { quote } from '@concord-rpc/core/engine';
import { type FactoryProvider, Logger } from '@nestjs/common';
import { CONCORD_OPTIONS, CONCORD_TRANSPORT } from '../clients/tokens';
import type { ConcordModuleOptions } from './module-options';

const made = new WeakSet<Transport>();

/** The logger of the connection and the server. */
export const LOGGER = new Logger('Concord');

/** Returns whether a module made the connection, and so closes it. */
export function isOwned(transport: Transport): boolean {
  return made.has(transport);
}

/** Provides the connection. A test that overrides the provider makes no connection. */
export const transportProvider: FactoryProvider<Transport> = {
  provide: CONCORD_TRANSPORT,
  inject: [CONCORD_OPTIONS],
  async useFactory({ transport }: ConcordModuleOptions) {
    if (typeof transport !== 'function') return requireTransport(transport);
    const opened = requireTransport(await transport(LOGGER));
    made.add(opened);
    return opened;
  },
};

function requireTransport(given: Transport): Transport {
  if (typeof (given as Partial<Transport> | undefined)?.publish === 'function') return given;
  throw new RpcError(
    'invalid_argument',
    `transport of ConcordModule must be a transport, for example a NatsTransport, or a function that makes one; got ${quote(given)}`,
  );
}
