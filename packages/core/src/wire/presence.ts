/** The presence of servers on the wire: the signs that they send, and the subjects of signs, of names and of exact versions. */

import { encodeServerName } from '../subjects/server-token';
import { type Address, NULL_NAMESPACE } from '../subjects/subjects';
import { jsonCodec, toBytes } from './json-codec';
import { isAnnouncement, type ServerAnnouncement } from './system';

/** The occasion of a sign: the server has subscribed, it is still running, or it stops. */
export type Occasion = 'hello' | 'alive' | 'bye';

/** One sign of a server. */
export interface Sign {
  readonly occasion: Occasion;
  readonly announcement: ServerAnnouncement;
  /** The number of peers that the server asks for a ping in return; only with `hello`. */
  readonly heardBy?: number;
}

const OCCASIONS: ReadonlySet<unknown> = new Set<Occasion>(['hello', 'alive', 'bye']);

const encoder = jsonCodec.requestEncoder('1.0', ['occasion', 'announcement', 'heardBy']);

/** `rpc.<exchange>.<topic>.here.<server>`: the subject of the signs of one server. */
export function signSubject(address: Address, server: string): string {
  return subject(address, 'here', encodeServerName(server));
}

/** `rpc.<exchange>.<topic>.here.*`: the signs of all servers of a topic. */
export function everySign(address: Address): string {
  return subject(address, 'here', '*');
}

/** `rpc.*.*.here.*`: the signs of all servers of all topics. */
export function everySignOfAll(root: string): string {
  return everySign({ root, exchange: '*', topic: '*' });
}

const SIGN_SUBJECT = /^([\w-]+)\.([\w-]+)\.([\w-]+)\.here\.[\w-]+$/;

/** Returns the topic of a sign; `undefined` if the subject is not that of a sign. */
export function addressOfSign(subject: string): Address | undefined {
  const [, root, exchange, topic] = SIGN_SUBJECT.exec(subject) ?? [];
  return root === undefined ? undefined : { root, exchange: exchange!, topic: topic! };
}

/** Encodes a sign: a cast with the occasion and the announcement as arguments. */
export function encodeSign({ occasion, announcement, heardBy }: Sign): Uint8Array {
  return toBytes(encoder.cast(encoder.args([occasion, announcement, heardBy])));
}

/** Reads a sign. Returns `undefined` if it cannot be read, or if its subject names another server than its content: a broker ties only the subject to a user. */
export function readSign(on: string, data: Uint8Array): Sign | undefined {
  try {
    const { args, refusal } = jsonCodec.decodeRequest(data);
    if (refusal !== undefined || !Array.isArray(args)) return undefined;
    const [occasion, announcement, heardBy] = args;
    if (!OCCASIONS.has(occasion) || !isAnnouncement(announcement)) return undefined;
    if (on.slice(on.lastIndexOf('.') + 1) !== encodeServerName(announcement.server)) return undefined;
    return { occasion, announcement, ...(Number.isInteger(heardBy) && heardBy > 0 && { heardBy }) };
  } catch {
    return undefined;
  }
}

/** Bits of a boot id that tell the servers apart that claim one name at the same time. */
const BITS = 16;

/**
 * `rpc.<exchange>.<topic>.here.<server>.<bit>.<bit>…`: the subject on which a server that starts asks for other claims of its name. It has one token for
 * each of 16 bits of the boot id.
 */
export function claimSubject(address: Address, server: string, boot: string): string {
  return `${signSubject(address, server)}.${bitsOf(boot).join('.')}`;
}

/**
 * The subjects that a server claims its name on: each matches the boot ids that differ from its own in one bit. Together they match every boot id but
 * its own, so that the broker reports "no responders" to a server only if no other one claims the name.
 */
export function claimPatterns(address: Address, server: string, boot: string): string[] {
  return bitsOf(boot).map((bit, index) => {
    const tokens = Array.from({ length: BITS }, (_, at) => (at === index ? 1 - bit : '*'));
    return `${signSubject(address, server)}.${tokens.join('.')}`;
  });
}

function bitsOf(boot: string): number[] {
  return Array.from({ length: BITS }, (_, index) => boot.charCodeAt(index % boot.length) & 1);
}

/** A namespace at an exact version. */
export interface ExactVersion {
  readonly namespace: string | null;
  readonly major: number;
  readonly minor: number;
}

/**
 * `rpc.<exchange>.<topic>.at.<namespace>.<major>.<digit>.<digit>…`: the servers that serve exactly this version, in a queue group. The minor has one token
 * for each of its digits.
 */
export function exactSubject(address: Address, { namespace, major, minor }: ExactVersion): string {
  return subject(address, 'at', `${namespace ?? NULL_NAMESPACE}.${major}.${[...String(minor)].join('.')}`);
}

/** No token is longer than 64 characters, or 256 for a server, so that these subjects keep the limit of 512. */
function subject(address: Address, kind: 'here' | 'at', rest: string): string {
  return `${address.root}.${address.exchange}.${address.topic}.${kind}.${rest}`;
}
