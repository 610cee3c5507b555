/** A NATS connection for the length of one action. */

import { existsSync, readFileSync } from 'node:fs';
import { type Connection, connectionOf } from '@concord-rpc/client';
import { isRpcError } from '@concord-rpc/core';
import { Codecs } from '@concord-rpc/core/wire';
import { CommandFailure } from '../console/command-failure';
import { EXIT } from '../console/exit-codes';
import { safeText } from '../console/safe-text';
import type { NatsAccess } from './nats-login';

const HOW_TO_CONNECT = 'check that NATS runs and that the URL is right';
const HOW_TO_LOG_IN =
  'log in: --user and --password, --token, --creds FILE, --nkey FILE, --context NAME; or the variables NATS_USER, NATS_PASSWORD, NATS_TOKEN, NATS_CREDS, NATS_NKEY, NATS_CONTEXT';

const HOW_TO_ALLOW =
  'let this user publish to that subject, and subscribe to its replies (rpcr.>); if it can subscribe only to rpcr.NAME.>, add --inbox NAME';

const HOW_TO_NAME = 'correct the URL, --inbox or --root';

/** Milliseconds. */
const CONNECT_TIMEOUT = 5_000;

/**
 * Connects to NATS, runs an action with the connection, and closes the connection.
 *
 * @throws CommandFailure with exit code 5 if NATS cannot be reached within 5 s, or if its permissions or the servers refuse the action.
 */
export async function withNats<T>(access: NatsAccess, action: (connection: Connection, root: string) => Promise<T>): Promise<T> {
  const { NatsTransport, natsLoginOptions } = await import('@concord-rpc/nats');
  const { messagePack } = await import('@concord-rpc/msgpack');
  const { servers, user, password: pass, token, creds, nkey, tlsca, tlscert, tlskey, inbox, root } = access;
  const login = natsLoginOptions({
    ...{ user, pass, token, creds: contentOf(creds), nkey: contentOf(nkey) },
    ...{ caFile: present(tlsca), certFile: present(tlscert), keyFile: present(tlskey) },
  });
  const options = { servers, inbox, root, timeout: CONNECT_TIMEOUT, ...login };
  const transport = await NatsTransport.connect(options).catch((thrown: Error) => {
    const code = isRpcError(thrown) ? thrown.code : undefined;
    if (code === 'invalid_target' || code === 'invalid_argument') throw new CommandFailure(thrown.message, HOW_TO_NAME);
    throw new CommandFailure(thrown.message, code === 'permission_denied' ? HOW_TO_LOG_IN : HOW_TO_CONNECT, EXIT.unreachable);
  });
  try {
    return await action(connectionOf(transport, new Codecs([messagePack])), transport.root);
  } catch (thrown) {
    if (!isRpcError(thrown)) throw thrown;
    throw new CommandFailure(
      safeText(thrown.message),
      thrown.code === 'permission_denied' ? HOW_TO_ALLOW : 'ask again',
      EXIT.unreachable,
    );
  } finally {
    await transport.close();
  }
}

function contentOf(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(present(file)!, 'utf8');
}

function present(file: string | undefined): string | undefined {
  if (file !== undefined && !existsSync(file)) throw new CommandFailure(`file ${file} does not exist`, 'name another file');
  return file;
}
