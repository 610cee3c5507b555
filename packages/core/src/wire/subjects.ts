/** Every subject that goes over the wire, and nowhere else: how they are built and read back. docs/PROTOCOL.md, "Subjects". */
import { RpcError } from '../errors/rpc-error';
import { requireToken, type Target } from '../values/target';

/** Stands for the null namespace. */
export const NULL_NAMESPACE = '_';

/** Namespace of what every server answers for Concord itself; users' namespaces cannot begin with `_`. */
export const SYSTEM_NAMESPACE = '_concord';

/** Version of what every server answers for Concord itself. */
export const SYSTEM_VERSION = { major: 1, minor: 0 };

/** Longest subject that is sent. The broker drops the connection of who sends one above 4096. */
export const LONGEST_SUBJECT = 512;

/** First token of every subject, unless the transport says otherwise. */
export const DEFAULT_ROOT = 'rpc';

const DOT = 46;

/** Whom a message is for: one server of the topic, the one named, or all. */
export type Delivery = 'any' | 'to' | 'all';

/** Where servers listen: the part of a subject before the namespace. */
export interface Address {
  readonly root: string;
  readonly exchange: string;
  readonly topic: string;
}

/** What a subject says, read back. */
export interface ParsedSubject {
  readonly delivery: Delivery;
  readonly server?: string;
  readonly namespace: string | null;
  readonly major: string;
  readonly minor: string;
  readonly method: string;
}

/** `rpc.<exchange>.<topic>.any`: one server of the topic. */
export function anyPrefix(address: Address): string {
  return `${address.root}.${address.exchange}.${address.topic}.any`;
}

/** `rpc.<exchange>.<topic>.to.<server>`: that server. */
export function serverPrefix(address: Address, server: string): string {
  return `${address.root}.${address.exchange}.${address.topic}.to.${encodeServerName(server)}`;
}

/** `rpc.<exchange>.<topic>.all`: every server of the topic. */
export function allPrefix(address: Address): string {
  return `${address.root}.${address.exchange}.${address.topic}.all`;
}

/** The address of a target on a transport. */
export function addressOf(target: Target, root: string): Address {
  return { root, exchange: target.exchange, topic: target.topic };
}

/** A method at a version: the part of a subject after the prefix. */
export interface MethodAddress {
  readonly namespace: string | null;
  readonly major: number;
  readonly minor: number;
  /** `*` subscribes to every method. */
  readonly method: string;
}

/**
 * `<prefix>.<namespace>.<major>.<minor>.<method>`.
 *
 * @throws RpcError `invalid_target` if the subject has more than 512 characters.
 */
export function methodSubject(prefix: string, { namespace, major, minor, method }: MethodAddress): string {
  const subject = `${prefix}.${namespace ?? NULL_NAMESPACE}.${major}.${minor}.${method}`;
  if (subject.length > LONGEST_SUBJECT) {
    throw new RpcError(
      'invalid_target',
      `subject ${subject.slice(0, 64)}… has ${subject.length} characters; at most ${LONGEST_SUBJECT} are sent`,
    );
  }
  return flat(subject);
}

/** The same text in one piece: pieces glued together are put together again by whoever writes them, each time. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** `<prefix>._concord.1.0.<method>`: what servers answer for Concord itself; a method of `*` listens to every one. */
export function systemSubject(prefix: string, method: string): string {
  return methodSubject(prefix, { namespace: SYSTEM_NAMESPACE, ...SYSTEM_VERSION, method });
}

/** Everything under a prefix. */
export function everythingUnder(prefix: string): string {
  return `${prefix}.>`;
}

/** Reads a method's subject back; `undefined` if it is not one. For refusals: a served subject is a key of the dispatch table. */
export function parseSubject(subject: string): ParsedSubject | undefined {
  const [, , , delivery, ...rest] = subject.split('.');
  if (delivery !== 'any' && delivery !== 'to' && delivery !== 'all') return undefined;
  const server = delivery === 'to' ? rest.shift() : undefined;
  const [namespace, major, minor, method, ...more] = rest;
  if (method === undefined || more.length > 0) return undefined;
  return {
    delivery,
    ...(server !== undefined && { server: decodeServerName(server) }),
    namespace: namespace === NULL_NAMESPACE ? null : namespace!,
    major: major!,
    minor: minor!,
    method,
  };
}

/** The minor in the subject of a method; `NaN` if there is none. */
export function minorOf(subject: string): number {
  return Number(subject.split('.').at(-2));
}

/** The same of a subject that is known to be one of a method: nothing is made to find it. */
export function minorIn(subject: string): number {
  let minor = 0;
  let digit = subject.lastIndexOf('.') - 1;
  for (let power = 1; subject.charCodeAt(digit) !== DOT; power *= 10) minor += power * (subject.charCodeAt(digit--) - 48);
  return minor;
}

/** The subject of the same method at another minor. */
export function atMinor(subject: string, minor: number): string {
  const tokens = subject.split('.');
  tokens[tokens.length - 2] = String(minor);
  return tokens.join('.');
}

/** `rpcr.<client>`: under it arrive the replies of one connection. */
export function replyPrefix(root: string, client: string): string {
  return `${root}r.${client}`;
}

/** `rpcr.<client>.*`: the one subscription of a connection that receives its replies. */
export function anyReply(prefix: string): string {
  return `${prefix}.*`;
}

/** `rpcr.<client>.<slot>`: where one call's reply goes. Subjects repeat, which the broker's cache likes; the nonce does not. */
export function replySubject(prefix: string, slot: number): string {
  return flat(`${prefix}.${slot}`);
}

/** The slot that a reply subject names; -1 if none. */
export function slotOf(subject: string): number {
  const at = subject.lastIndexOf('.') + 1;
  let slot = 0;
  for (let index = at; index < subject.length; index++) {
    const digit = subject.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return -1;
    slot = slot * 10 + digit;
  }
  return at === subject.length ? -1 : slot;
}

/**
 * Whether a server may answer on a subject: `rpcr.…`, and NATS's own inboxes (`_INBOX.…`, and `_R_.…` across accounts) for people
 * with a NATS tool. Anything else would make the server publish, with its own rights, where its caller may not.
 */
export function replyCheck(root: string): (subject: string) => boolean {
  const form = new RegExp(`^(?:${root}r|_INBOX|_R_)(?:\\.[A-Za-z0-9_-]+)+$`);
  return (subject) => subject.length <= LONGEST_SUBJECT && form.test(subject);
}

/** A root for all subjects of an installation: one token, and not one of NATS's own. */
export function requireRoot(root: unknown): string {
  const token = requireToken(root, 'root');
  if (token.startsWith('_'))
    throw new RpcError('invalid_target', `root ${token} is reserved: names that begin with "_" are NATS's own`);
  return token;
}

/** A server name as one token: `_` becomes `__`, a dot `_d`. `node-1.example` is `node-1_dexample`. */
export function encodeServerName(name: string): string {
  return name.replaceAll('_', '__').replaceAll('.', '_d');
}

/** The inverse of `encodeServerName`. */
export function decodeServerName(token: string): string {
  return token.replace(/_[_d]/g, (pair) => (pair === '__' ? '_' : '.'));
}
