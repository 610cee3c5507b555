/** Health of the server and of the connection, in the form of `@nestjs/terminus`. */

import type { Transport } from '@concord-rpc/core';
import { Inject, Injectable } from '@nestjs/common';
import { CONCORD_TRANSPORT } from '../clients/tokens';
import { ConcordServer } from './concord-server';

/** The result of one check, as `@nestjs/terminus` reads it. */
export type ConcordHealth<Key extends string = string> = Record<
  Key,
  { readonly status: 'up' | 'down'; readonly problems?: readonly string[] }
>;

/** Checks for `HealthCheckService.check` of `@nestjs/terminus`. They return at once. */
@Injectable()
export class ConcordHealthIndicator {
  constructor(
    @Inject(ConcordServer) private readonly server: ConcordServer,
    @Inject(CONCORD_TRANSPORT) private readonly transport: Transport,
  ) {}

  /** Readiness: up while the server serves and its connection is healthy. Down before the start, while it drains, and when the broker is gone. */
  isReady<Key extends string = 'concord'>(key = 'concord' as Key): ConcordHealth<Key> {
    const { ok, problems } = this.server.health();
    return result(key, ok, problems);
  }

  /** Liveness: down only if the connection has closed for good, so that a restart helps. */
  isAlive<Key extends string = 'concord'>(key = 'concord' as Key): ConcordHealth<Key> {
    return result(key, this.transport.status !== 'closed', this.transport.health().problems);
  }
}

function result<Key extends string>(key: Key, ok: boolean, problems: readonly string[]): ConcordHealth<Key> {
  return { [key]: ok ? { status: 'up' } : { status: 'down', problems } } as ConcordHealth<Key>;
}
