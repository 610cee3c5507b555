/** Options of a connection from the URLs of its servers: credentials in them, and TLS. The clients read host and port only. */
import { RpcError } from '@concord-rpc/core';
import { loadLibrary } from '../library/load-library';
import type { NatsConnectOptions } from '../library/nats-options';

/** The parts of a server's URL. Credentials never become part of an address. */
interface ServerUrl {
  /** `host:port`, as the clients take it. */
  readonly address: string;
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  readonly isTls: boolean;
}

const SCHEMES: ReadonlySet<string> = new Set(['nats', 'tls']);

/**
 * Returns the options of `connect` for servers named by URLs: `nats://user:pass@host`, `nats://token@host`, `tls://host`, and
 * `host:port`. Characters such as `/` and `@` in credentials can be written as they are or percent-encoded. Options that are set beside
 * the URLs come before their credentials.
 *
 * @throws RpcError `invalid_argument` if a URL has another scheme or no host, or if two URLs have different credentials.
 */
export function withServerUrls(options: NatsConnectOptions): NatsConnectOptions {
  const { servers } = options;
  if (servers === undefined) return options;
  const urls = serverUrls(servers).map(readServerUrl);
  const secured = urls.filter((url) => url.user !== undefined || url.token !== undefined);
  const [first] = secured;
  if (secured.some((url) => !hasSameCredentials(url, first!))) {
    throw new RpcError(
      'invalid_argument',
      'the URLs of `servers` have different credentials: write one set beside them: user, pass, token',
    );
  }
  const { authenticator, user, pass, token } = options;
  const isSet = [authenticator, user, pass, token].some((option) => option !== undefined);
  return {
    ...options,
    servers: urls.map(({ address }) => address),
    ...(first?.user !== undefined && !isSet && { user: first.user, pass: first.pass }),
    ...(first?.token !== undefined && !isSet && { token: first.token }),
    ...(urls.some(({ isTls }) => isTls) && options.tls === undefined && { tls: {} }),
  };
}

/** Lists the URLs of servers. One text can have several, separated by commas. */
export function serverUrls(servers: string | readonly string[]): readonly string[] {
  return [servers].flat().flatMap((text) => text.split(/,(?=\s*[a-z]+:\/\/)/i).map((url) => url.trim()));
}

function hasSameCredentials(a: ServerUrl, b: ServerUrl): boolean {
  return a.user === b.user && a.pass === b.pass && a.token === b.token;
}

function readServerUrl(text: string): ServerUrl {
  const [, scheme = 'nats', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(.*)$/s.exec(text) ?? [];
  if (!SCHEMES.has(scheme.toLowerCase())) {
    throw new RpcError(
      'invalid_argument',
      `a server has the scheme ${scheme.slice(0, 16)}: write nats://HOST:PORT or tls://HOST:PORT`,
    );
  }
  const at = rest.lastIndexOf('@');
  const address = rest.slice(at + 1).replace(/\/.*$/s, '');
  if (!/^(?:\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/.test(address)) {
    throw new RpcError(
      'invalid_argument',
      'a server has no host or an invalid one: write nats://HOST:PORT or nats://USER:PASSWORD@HOST:PORT',
    );
  }
  const isTls = scheme.toLowerCase() === 'tls';
  if (at < 0) return { address, isTls };
  const info = rest.slice(0, at);
  const colon = info.indexOf(':');
  if (colon < 0) return { address, isTls, token: decoded(info) };
  return { address, isTls, user: decoded(info.slice(0, colon)), pass: decoded(info.slice(colon + 1)) };
}

/** Decodes `%2F`. A text with a percent sign of its own is taken as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A login: credentials as texts, certificates as paths. */
export interface NatsLoginTexts {
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  /** The content of a credentials file. */
  readonly creds?: string;
  /** A text that contains the seed of an nkey. */
  readonly nkey?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/**
 * Returns the options of `connect` for a login.
 *
 * @throws RpcError `invalid_argument` if the text of an nkey has no seed, `not_connected` if no NATS client is installed.
 */
export function natsLoginOptions(login: NatsLoginTexts): NatsConnectOptions {
  const { user, pass, token, creds, nkey, caFile, certFile, keyFile } = login;
  const isSecured = [caFile, certFile, keyFile].some((file) => file !== undefined);
  const bytes = (text: string) => new TextEncoder().encode(text);
  return {
    ...(user !== undefined && { user, pass }),
    ...(token !== undefined && { token }),
    ...(creds !== undefined && { authenticator: loadLibrary().credsAuthenticator(bytes(creds)) }),
    ...(nkey !== undefined && { authenticator: loadLibrary().nkeyAuthenticator(bytes(seedIn(nkey))) }),
    ...(isSecured && { tls: { caFile, certFile, keyFile } }),
  };
}

function seedIn(text: string): string {
  const [seed] = /\bSU[A-Z2-7]{56}\b/.exec(text) ?? [];
  if (seed !== undefined) return seed;
  throw new RpcError(
    'invalid_argument',
    'the text of the nkey has no seed of a user: a seed begins with SU and has 58 characters',
  );
}
