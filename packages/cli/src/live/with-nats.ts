/** A NATS connection for the length of one action. */
import { type Connection, connectionOf } from '@concord-rpc/client';
import { CommandFailure } from '../console/command-failure';
import { EXIT } from '../console/exit-codes';

/** Milliseconds. */
const CONNECT_TIMEOUT = 5_000;

/**
 * Connects to NATS, runs an action with the connection, and closes the connection.
 *
 * @throws CommandFailure with exit code 5 if NATS cannot be reached within 5 s.
 */
export async function withNats<T>(url: string, action: (connection: Connection, root: string) => Promise<T>): Promise<T> {
  const { NatsTransport } = await import('@concord-rpc/nats');
  const transport = await NatsTransport.connect({ servers: url, timeout: CONNECT_TIMEOUT }).catch((thrown: Error) => {
    throw new CommandFailure(thrown.message, 'check that NATS runs and that the URL is right', EXIT.unreachable);
  });
  try {
    return await action(connectionOf(transport), transport.root);
  } finally {
    await transport.close();
  }
}
