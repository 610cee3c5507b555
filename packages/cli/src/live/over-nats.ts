/** Does something over a connection to a live fleet, which ends with it. */
import { type Connection, connectionOf } from '@concord-rpc/client';
import { CommandFailure } from '../console/command-failure';
import { EXIT } from '../console/exit-codes';

const LONGEST_CONNECT = 5_000;

/**
 * Connects, does it, closes.
 *
 * @throws CommandFailure with exit code 5 if NATS is not reachable.
 */
export async function overNats<T>(url: string, deed: (connection: Connection, root: string) => Promise<T>): Promise<T> {
  const { NatsTransport } = await import('@concord-rpc/nats');
  const transport = await NatsTransport.connect({ servers: url, timeout: LONGEST_CONNECT }).catch((thrown: Error) => {
    throw new CommandFailure(thrown.message, undefined, EXIT.unreachable);
  });
  try {
    return await deed(connectionOf(transport), transport.root);
  } finally {
    await transport.close();
  }
}
