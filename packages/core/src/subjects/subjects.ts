/** Builds and parses the subjects of messages. docs/PROTOCOL.md, "Subjects". */
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import { requireToken, type Target } from '../values/target';
import { minorPatterns } from './minor-patterns';
import { decodeServerName, encodeServerName } from './server-token';

/** The token of the null namespace. */
export const NULL_NAMESPACE = '_';

/** The namespace of the system methods; users' namespaces cannot begin with `_`. */
export const SYSTEM_NAMESPACE = '_concord';

/** The version of the system methods. */
export const SYSTEM_VERSION = { major: 1, minor: 0 };

/** The longest subject that is sent, in characters. The broker closes a connection that sends a subject above 4096. */
export const LONGEST_SUBJECT = 512;

/** The default first token of every subject. */
export const DEFAULT_ROOT = 'rpc';

/** A subject of our forms: tokens between dots; tokens after the first can be `*`. Anything else could be a line of the NATS protocol. */
const SUBJECT = /^[A-Za-z0-9_-]+(?:\.(?:[A-Za-z0-9_-]+|\*))*$/;

const DIGIT = /^[0-9]$/;
const ZERO = 48;

/** Index of the token after the delivery, and of the first digit of the minor; messages to one server have one token more before the minor. */
const SERVER_TOKEN = 4;
const MINOR_TOKEN = 7;
/** A number with more digits than a minor can have. */
const NO_MINOR = 99_999_999_999;

/** The recipients of a message: any one server of the topic, the named server, or all. */
export type Delivery = 'any' | 'to' | 'all';

/** The address of a topic on a transport. */
export interface Address {
  readonly root: string;
  readonly exchange: string;
  readonly topic: string;
}

/** The parts of a method's subject. */
export interface ParsedSubject {
  readonly delivery: Delivery;
  readonly server?: string;
  readonly namespace: string | null;
  readonly major: string;
  readonly method: string;
  readonly minor: string;
}

/** `rpc.<exchange>.<topic>.any`: any one server of the topic. */
export function anyPrefix(address: Address): string {
  return `${address.root}.${address.exchange}.${address.topic}.any`;
}

/** `rpc.<exchange>.<topic>.to.<server>`: the named server. */
export function serverPrefix(address: Address, server: string): string {
  return `${address.root}.${address.exchange}.${address.topic}.to.${encodeServerName(server)}`;
}

/** `rpc.<exchange>.<topic>.all`: every server of the topic. */
export function allPrefix(address: Address): string {
  return `${address.root}.${address.exchange}.${address.topic}.all`;
}

/** Returns the address of a target on a transport with this root. */
export function addressOf(target: Target, root: string): Address {
  return { root, exchange: target.exchange, topic: target.topic };
}

/** A method at a version: the part of a subject after the prefix. */
export interface MethodAddress {
  readonly namespace: string | null;
  readonly major: number;
  readonly method: string;
  readonly minor: number;
}

/** A method, or with `*` every method, at the minors that a server serves. */
export interface ServedMinors extends Omit<MethodAddress, 'minor'> {
  /** The lowest and the highest minor. */
  readonly minors: readonly [number, number];
}

/**
 * `<prefix>.<namespace>.<major>.<method>.<digit>[.<digit>…]`: the minor is written one digit a token.
 *
 * @throws RpcError `invalid_target` if the subject has more than 512 characters, or a part of it is not a token.
 */
export function methodSubject(prefix: string, { namespace, major, method, minor }: MethodAddress): string {
  return requireSubject(`${prefix}.${namespace ?? NULL_NAMESPACE}.${major}.${method}.${[...String(minor)].join('.')}`);
}

/**
 * Returns the fewest subjects with wildcards that match a method at each of these minors once, and at no other minor.
 *
 * @throws RpcError `invalid_target` as `methodSubject` does.
 */
export function methodPatterns(prefix: string, { namespace, major, method, minors }: ServedMinors): string[] {
  const start = `${prefix}.${namespace ?? NULL_NAMESPACE}.${major}.${method}`;
  return minorPatterns(...minors).map((digits) => requireSubject(`${start}.${digits}`));
}

/** Returns a checked subject in one piece. */
function requireSubject(subject: string): string {
  if (subject.length > LONGEST_SUBJECT) {
    throw new RpcError(
      'invalid_target',
      `subject ${subject.slice(0, 64)}… has ${subject.length} characters; at most ${LONGEST_SUBJECT} are sent`,
    );
  }
  if (!SUBJECT.test(subject)) throw new RpcError('invalid_target', `cannot send to subject ${quote(subject)}`);
  return inOnePiece(subject);
}

/** Returns a subject in one piece: V8 keeps a concatenation as a tree, which would be joined again at every write. */
export function inOnePiece(subject: string): string {
  return Buffer.from(subject, 'latin1').toString('latin1');
}

/** `<prefix>._concord.1.<method>.0`: a system method; `*` subscribes to all of them. */
export function systemSubject(prefix: string, method: string): string {
  return methodSubject(prefix, { namespace: SYSTEM_NAMESPACE, ...SYSTEM_VERSION, method });
}

/** `<prefix>.>`: every subject under a prefix. */
export function everythingUnder(prefix: string): string {
  return `${prefix}.>`;
}

/** Parses a method's subject; returns `undefined` if it is not one. It is for refusals: served subjects are keys of the dispatch table. */
export function parseSubject(subject: string): ParsedSubject | undefined {
  const [, , , delivery, ...rest] = subject.split('.');
  if (delivery !== 'any' && delivery !== 'to' && delivery !== 'all') return undefined;
  const server = delivery === 'to' ? rest.shift() : undefined;
  const [namespace, major, method, ...digits] = rest;
  if (digits.length === 0 || !digits.every((digit) => DIGIT.test(digit))) return undefined;
  return {
    delivery,
    ...(server !== undefined && { server: decodeServerName(server) }),
    namespace: namespace === NULL_NAMESPACE ? null : namespace!,
    major: major!,
    method: method!,
    minor: digits.join(''),
  };
}

/** Returns the minor in a subject that is known to be a method's. It allocates nothing. */
export function minorIn(subject: string): number {
  let at = 0;
  for (let token = 0; token < SERVER_TOKEN; token++) at = subject.indexOf('.', at) + 1;
  const before = subject.startsWith('to.', subject.lastIndexOf('.', at - 2) + 1) ? MINOR_TOKEN + 1 : MINOR_TOKEN;
  for (let token = SERVER_TOKEN; token < before; token++) at = subject.indexOf('.', at) + 1;
  let minor = 0;
  for (; at < subject.length; at += 2) minor = minor * 10 + subject.charCodeAt(at) - ZERO;
  return minor;
}

/** Returns the subject of the same method at another minor. */
export function atMinor(subject: string, minor: number): string {
  const tokens = subject.split('.');
  const before = tokens[SERVER_TOKEN - 1] === 'to' ? MINOR_TOKEN + 1 : MINOR_TOKEN;
  return [...tokens.slice(0, before), ...String(minor)].join('.');
}

/** Returns the subject of the same method at a minor that no version can have, so that no server is subscribed to it. */
export function unservedSubject(subject: string): string {
  return atMinor(subject, NO_MINOR);
}

/** Returns a root for all subjects of an installation: one token that NATS does not reserve. */
export function requireRoot(root: unknown): string {
  const token = requireToken(root, 'root');
  if (token.startsWith('_'))
    throw new RpcError('invalid_target', `root ${token} is reserved: names that begin with "_" belong to NATS`);
  return token;
}

/** Returns the token of a user in reply subjects; `undefined` if none was given. @throws RpcError `invalid_target` if it is not a token. */
export function requireInbox(inbox: unknown): string | undefined {
  return inbox === undefined ? undefined : requireToken(inbox, 'inbox');
}
