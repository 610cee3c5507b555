/** The error of a first connect that failed: it names the servers and the remedy, never the credentials. */
import { RpcError } from '@concord-rpc/core';
import { withoutCredentials } from '@concord-rpc/core/engine';
import { certificateProblem, failureCode, isCredentialsRefused } from '../library/nats-errors';
import type { NatsConnectOptions } from '../library/nats-options';
import { serverUrls } from './connect-options';

/** Converts an error of a client's `connect`. */
export function connectError(thrown: unknown, { servers, port = 4222 }: NatsConnectOptions): RpcError {
  const addresses = serverUrls(servers ?? `127.0.0.1:${port}`)
    .map(withoutCredentials)
    .join(', ');
  if (isCredentialsRefused(thrown)) {
    return new RpcError('permission_denied', `NATS at ${addresses} refuses these credentials`);
  }
  const problem = certificateProblem(thrown);
  if (problem !== undefined) {
    return new RpcError('not_connected', `cannot connect to NATS at ${addresses}: ${problem}`, { cause: thrown });
  }
  const why = failureCode(thrown) ?? 'no response';
  return new RpcError(
    'not_connected',
    `cannot connect to NATS at ${addresses} (${why}): check that a nats-server is running there`,
  );
}
