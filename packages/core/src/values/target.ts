/** Where a call goes: exchange, topic, namespace and server, each checked before it can become part of a subject. */
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';

/** The address of an interface, in the words of oslo.messaging. */
export interface Target {
  /** Scope of the topic; `default` unless the contract says otherwise. */
  readonly exchange: string;
  readonly topic: string;
  /** `null` is the null namespace. */
  readonly namespace: string | null;
}

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;
const SERVER = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const LONGEST_SERVER = 128;

/**
 * The text if it can stand between two dots of a subject: 1 to 64 of `A-Z a-z 0-9 _ -`.
 * Everything else (spaces, wildcards, CR and LF are injection into the NATS protocol) is refused.
 *
 * @throws RpcError `invalid_target`
 */
export function requireToken(text: unknown, what: string): string {
  if (typeof text === 'string' && TOKEN.test(text)) return text;
  throw new RpcError('invalid_target', `${what} must be 1 to 64 letters, digits, "_" or "-"; got ${quote(text)}`);
}

/**
 * A namespace, or `null`. Names that begin with `_` are kept for Concord itself.
 *
 * @throws RpcError `invalid_target`
 */
export function requireNamespace(namespace: unknown, what = 'namespace'): string | null {
  if (namespace === null || namespace === undefined) return null;
  const token = requireToken(namespace, what);
  if (token.startsWith('_')) {
    throw new RpcError('invalid_target', `${what} ${quote(token)} is reserved: names that begin with "_" belong to Concord`);
  }
  return token;
}

/**
 * A server's name: letters, digits, `_`, `-`, and dots between them, so that a host name will do; at most 128 characters.
 *
 * @throws RpcError `invalid_target`
 */
export function requireServerName(name: unknown): string {
  if (isServerName(name)) return name;
  throw new RpcError(
    'invalid_target',
    `server must be a name of letters, digits, "_", "-" and single dots, at most ${LONGEST_SERVER} characters; got ${quote(name)}`,
  );
}

/** Whether something is a name that a server can have. */
export function isServerName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= LONGEST_SERVER && SERVER.test(name);
}

/** The target as operators read it: `neutron/q-plugin dhcp`. */
export function formatTarget(target: Target): string {
  return `${target.exchange}/${target.topic}${target.namespace === null ? '' : ` ${target.namespace}`}`;
}
