/** The target of a call: exchange, topic, namespace and server, each checked before it becomes part of a subject. */
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';

/** The address of an interface, in the words of oslo.messaging. */
export interface Target {
  /** The scope of the topic; `default` by default. */
  readonly exchange: string;
  readonly topic: string;
  /** `null` is the null namespace. */
  readonly namespace: string | null;
}

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;
const SERVER = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const LONGEST_SERVER = 128;

/**
 * Returns a text that can be a token of a subject: 1 to 64 of `A-Z a-z 0-9 _ -`. Refuses anything else: spaces, CR and LF would be
 * injected into the NATS protocol, and wildcards would match other subjects.
 *
 * @throws RpcError `invalid_target`
 */
export function requireToken(text: unknown, what: string): string {
  if (isToken(text)) return text;
  throw new RpcError('invalid_target', `${what} must be 1 to 64 letters, digits, "_" or "-"; got ${quote(text)}`);
}

/** Returns whether a value can be a token of a subject. */
export function isToken(text: unknown): text is string {
  return typeof text === 'string' && TOKEN.test(text);
}

/**
 * Returns a namespace, or `null` for the null namespace. Names that begin with `_` are reserved for Concord.
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
 * Returns a server's name: letters, digits, `_`, `-` and single dots between them, so that host names are valid; at most 128 characters.
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

/** Returns whether a value is a valid server name. */
export function isServerName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= LONGEST_SERVER && SERVER.test(name);
}

/** Formats a target for operators: `neutron/q-plugin dhcp`. */
export function formatTarget(target: Target): string {
  return `${target.exchange}/${target.topic}${target.namespace === null ? '' : ` ${target.namespace}`}`;
}
