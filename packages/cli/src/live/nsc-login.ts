/** Logins that the command `nsc` stores on this machine: the credentials and the servers of `nsc://operator/account/user`. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandFailure } from '../console/command-failure';
import type { Io } from '../console/io';

/** The surroundings in which `nsc` finds its folders. */
export type NscIo = Pick<Io, 'cwd' | 'env'>;

/** A user that `nsc` stores. */
export interface NscUser {
  readonly operator: string;
  readonly account: string;
  readonly user: string;
  /** The folder of keys and credentials, if the reference names one. */
  readonly keystore: string | undefined;
  /** The folder of operators, if the reference names one. */
  readonly store: string | undefined;
}

const REFERENCE = /^nsc:\/\/([^/?]+)\/([^/?]+)\/([^/?]+)(?:\?(.*))?$/i;

/** A name that leads out of its folder. */
const NOT_NAME = /^\.{1,2}$|[\\\p{C}]/u;

/** Reads a reference; `undefined` if it does not name operator, account and user. */
export function readNscReference(reference: string): NscUser | undefined {
  const [, operator, account, user, query] = REFERENCE.exec(reference) ?? [];
  if (operator === undefined || account === undefined || user === undefined) return undefined;
  if ([operator, account, user].some((name) => NOT_NAME.test(name))) return undefined;
  const folders = new URLSearchParams(query);
  return { operator, account, user, keystore: folders.get('keystore') || undefined, store: folders.get('store') || undefined };
}

/**
 * Returns the credentials file of a user, where `nsc` writes it.
 *
 * @throws CommandFailure if the file does not exist.
 */
export function nscCredentials({ operator, account, user, keystore }: NscUser, io: NscIo): string {
  const folder = keystore ?? (io.env.NKEYS_PATH || dataFolder('keys', '.nkeys', io));
  const file = join(pathOf(folder, io), 'creds', operator, account, `${user}.creds`);
  if (existsSync(file)) return file;
  throw new CommandFailure(
    `nsc has no credentials of user ${user} in account ${account} of operator ${operator}: there is no ${file}`,
    `write them: nsc generate creds --account ${account} --name ${user}; or name others: --creds FILE`,
  );
}

/** Returns the servers that the operator of a user states, separated by commas; `undefined` if it states none. */
export function nscServers({ operator, store }: NscUser, io: NscIo): string | undefined {
  const root = store ?? storeRoot(io) ?? dataFolder('stores', '.nsc/nats', io);
  const file = join(pathOf(root, io), operator, `${operator}.jwt`);
  try {
    const [, claims = ''] = /^[^.]*\.([^.]*)/.exec(readFileSync(file, 'utf8')) ?? [];
    const { nats } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
    const urls = (nats.operator_service_urls as unknown[]).filter((url) => typeof url === 'string');
    return urls.length > 0 ? urls.join(',') : undefined;
  } catch {
    return undefined; // the operator is not stored here, or it states no servers
  }
}

/** Returns the folder of operators in the settings of `nsc`. */
function storeRoot(io: NscIo): string | undefined {
  const folder = io.env.NSC_HOME || newerOf(join(configHome(io), 'nats', 'nsc'), join(home(io), '.nsc'), 'nsc.json');
  try {
    const { store_root: root } = JSON.parse(readFileSync(join(folder, 'nsc.json'), 'utf8'));
    return typeof root === 'string' && root !== '' ? root : undefined;
  } catch {
    return undefined; // nsc works without settings, too
  }
}

/** Returns a folder of data. Earlier releases of `nsc` made it in the home folder, and later ones still use it there. */
function dataFolder(name: string, former: string, io: NscIo): string {
  const data = io.env.XDG_DATA_HOME || join(home(io), '.local', 'share');
  return newerOf(join(data, 'nats', 'nsc', name), join(home(io), former));
}

/** Returns the first folder, unless only the second contains the file. */
function newerOf(folder: string, former: string, file = '.'): string {
  return !existsSync(join(folder, file)) && existsSync(join(former, file)) ? former : folder;
}

/** Returns the folder of settings of NATS tools. */
export function configHome(io: NscIo): string {
  return io.env.XDG_CONFIG_HOME || join(home(io), '.config');
}

/** Returns the absolute path of a file or folder that a user named, in which `~` stands for the home folder. */
export function pathOf(file: string, io: NscIo): string {
  return resolve(io.cwd, file.replace(/^~(?=\/)/, home(io)));
}

function home({ env }: NscIo): string {
  return env.HOME || homedir();
}
