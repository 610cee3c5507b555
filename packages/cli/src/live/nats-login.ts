/** Credentials and TLS of a connection to NATS: from options, the URL, a context of the command `nats`, or environment variables. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailure } from '../console/command-failure';
import type { Io } from '../console/io';
import { configHome, type NscUser, nscCredentials, nscServers, pathOf, readNscReference } from './nsc-login';

/** The options of a command that connects to NATS. */
export interface LoginOptions {
  readonly context?: string;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  readonly creds?: string;
  readonly nkey?: string;
  readonly tlsca?: string;
  readonly tlscert?: string;
  readonly tlskey?: string;
  readonly inbox?: string;
  readonly root?: string;
}

/** The places that credentials come from: the options, and the surroundings of the command. */
export interface NatsLogin {
  readonly options: LoginOptions;
  readonly io: Pick<Io, 'cwd' | 'env'>;
}

/** The server and the login of a connection. Files are paths. */
export interface NatsAccess extends Omit<LoginOptions, 'context'> {
  readonly servers: string;
}

type Secrets = Omit<LoginOptions, 'context'> & { readonly url?: string };

/** A context; `nsc` is the user that it names instead of credentials. */
type Context = Secrets & { readonly nsc?: NscUser };

/** A URL without host stands for the server of the context, or of `$NATS_URL`. */
const WITHOUT_HOST = /^(?:nats|tls):(?:\/\/)?$/;

/**
 * Returns the server and the login for a URL. The first of these that names credentials is used: the options, the URL, the context, the
 * variables. Certificates are looked up in the same order.
 *
 * @throws CommandFailure if a context is missing or unreadable, if `nsc` does not store the credentials of its user, or if the URL
 * names no host and nothing else does, `local` included.
 */
export function natsAccess(url: string, login: NatsLogin, local?: string): NatsAccess {
  const { options, io } = login;
  const name = options.context ?? io.env.NATS_CONTEXT;
  const context: Context = name ? readContext(name, login) : {};
  const { nsc } = context;
  const variables = fromVariables(io.env);
  const servers = WITHOUT_HOST.test(url) ? (context.url ?? (nsc && nscServers(nsc, io)) ?? variables.url ?? local) : url;
  if (servers === undefined) {
    throw new CommandFailure(`${url} names no host`, 'write nats://HOST:PORT, set NATS_URL, or name a context: --context NAME');
  }
  const isInUrl = /\/\/\S*@/.test(servers);
  const given = [options, ...(isInUrl ? [] : [context])].find(hasCredentials);
  const { user, password, token, creds, nkey } = given ?? (isInUrl ? {} : nsc ? { creds: nscCredentials(nsc, io) } : variables);
  const { tlsca, tlscert, tlskey } = [options, context, variables].find(hasCertificates) ?? {};
  const path = (file: string | undefined) => (file ? pathOf(file, io) : undefined);
  return {
    ...{ servers, user, password, token, creds: path(creds), nkey: path(nkey) },
    ...{ tlsca: path(tlsca), tlscert: path(tlscert), tlskey: path(tlskey) },
    inbox: options.inbox ?? (io.env.CONCORD_INBOX || undefined),
    root: options.root ?? (io.env.CONCORD_ROOT || undefined),
  };
}

function hasCredentials({ user, token, creds, nkey }: Secrets): boolean {
  return [user, token, creds, nkey].some((each) => each !== undefined && each !== '');
}

function hasCertificates({ tlsca, tlscert, tlskey }: Secrets): boolean {
  return [tlsca, tlscert, tlskey].some((each) => each !== undefined && each !== '');
}

function fromVariables(env: Io['env']): Secrets {
  return {
    ...{ url: env.NATS_URL || undefined, user: env.NATS_USER, password: env.NATS_PASSWORD, token: env.NATS_TOKEN },
    ...{ creds: env.NATS_CREDS, nkey: env.NATS_NKEY, tlsca: env.NATS_CA, tlscert: env.NATS_CERT, tlskey: env.NATS_KEY },
  };
}

function readContext(name: string, { io }: NatsLogin): Context {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(name)) {
    throw new CommandFailure(
      `${JSON.stringify(name.slice(0, 64))} is not the name of a NATS context`,
      'list them: nats context ls',
    );
  }
  const file = join(configHome(io), 'nats', 'context', `${name}.json`);
  if (!existsSync(file)) {
    throw new CommandFailure(`NATS context ${name} does not exist: there is no ${file}`, 'list the contexts: nats context ls');
  }
  const read = parsed(file);
  const text = (key: string) => (typeof read[key] === 'string' && read[key] !== '' ? (read[key] as string) : undefined);
  const secrets: Secrets = {
    ...{ url: text('url'), user: text('user'), password: text('password'), token: text('token') },
    ...{ creds: text('creds'), nkey: text('nkey'), tlsca: text('ca'), tlscert: text('cert'), tlskey: text('key') },
  };
  const reference = text('nsc');
  const nsc = reference === undefined ? undefined : readNscReference(reference);
  if (reference !== undefined && nsc === undefined && !hasCredentials(secrets)) {
    throw new CommandFailure(
      `NATS context ${name} logs in as ${JSON.stringify(reference.slice(0, 200))}, which does not have the form nsc://OPERATOR/ACCOUNT/USER`,
      'name its credentials: --creds FILE',
    );
  }
  return { ...secrets, nsc };
}

function parsed(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // the text of the error can have credentials
  }
  throw new CommandFailure(`NATS context ${file} is not a JSON object`, 'check it: nats context validate');
}
