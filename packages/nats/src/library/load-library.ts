/** The NATS clients that Concord connects with, each loaded when it is first needed. */
import { RpcError } from '@concord-rpc/core';
import { quote, safeText } from '@concord-rpc/core/engine';
import type { NatsConnectionLike } from './nats-connection';
import type { NatsAuthenticator, NatsConnectOptions } from './nats-options';

/** The package of a NATS client. */
export type NatsLibraryName = 'nats' | '@nats-io/transport-node';

/** The functions of a client that Concord calls. */
export interface NatsLibrary {
  connect(options: NatsConnectOptions): Promise<NatsConnectionLike>;
  credsAuthenticator(creds: Uint8Array): NatsAuthenticator;
  nkeyAuthenticator(seed: Uint8Array): NatsAuthenticator;
}

/**
 * In the order in which they are tried. Each name is written out in a `require` inside a `try`: then bundlers include the clients that are
 * installed, and build without one that is not.
 */
const LOADERS: Readonly<Record<NatsLibraryName, () => unknown>> = {
  nats() {
    try {
      return require('nats');
    } catch (thrown) {
      return new NotLoaded(thrown);
    }
  },
  '@nats-io/transport-node'() {
    try {
      return require('@nats-io/transport-node');
    } catch (thrown) {
      return new NotLoaded(thrown);
    }
  },
};
const NAMES = Object.keys(LOADERS) as NatsLibraryName[];

/** The error of a client that could not be loaded. */
class NotLoaded {
  constructor(private readonly thrown: unknown) {}

  /** Returns why the client could not be loaded; `undefined` if it is not installed. */
  reason(name: NatsLibraryName): string | undefined {
    const { code, message } = this.thrown as { code?: unknown; message?: unknown };
    return code === 'MODULE_NOT_FOUND' && String(message).includes(`'${name}'`) ? undefined : safeText(String(message));
  }
}

/**
 * Loads a client: the one that is named, else the first one that is installed.
 *
 * @throws RpcError `not_connected` if it is not installed or cannot be loaded, `invalid_argument` if there is no client of this name.
 */
export function loadLibrary(named?: NatsLibraryName): NatsLibrary {
  if (named !== undefined && !NAMES.includes(named)) {
    throw new RpcError('invalid_argument', `library must be ${NAMES.join(' or ')}; got ${quote(named)}`);
  }
  const tried = named === undefined ? NAMES : [named];
  const reasons: string[] = [];
  for (const name of tried) {
    const loaded = LOADERS[name]();
    if (isLibrary(loaded)) return loaded;
    const reason = loaded instanceof NotLoaded ? loaded.reason(name) : undefined;
    if (reason !== undefined) reasons.push(`${name} cannot be loaded: ${reason}`);
  }
  const missing = named === undefined ? 'no NATS client is installed' : `the NATS client ${named} is not installed`;
  const remedy = `run ${tried.map((name) => `npm i ${name}`).join(' or ')}, or pass a connection that you opened`;
  throw new RpcError('not_connected', `${reasons.length > 0 ? reasons.join('; ') : missing}: ${remedy}`, { executed: 'no' });
}

/** A bundler replaces a client that is not installed by an empty module. */
function isLibrary(loaded: unknown): loaded is NatsLibrary {
  return typeof (loaded as Partial<NatsLibrary> | null)?.connect === 'function';
}
