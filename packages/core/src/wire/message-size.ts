/** Limits the objects and property names in a message: a message of small ones would block the process that builds them. */
import { randomInt } from 'node:crypto';
import { RpcError } from '../errors/rpc-error';
import { endOfString } from './json-values';

/** Most bytes of a request, unless a server has another limit. A client makes no batch of more. */
export const MOST_REQUEST_BYTES = 262_144;

/** The kinds of messages whose objects and names are limited. */
export type MessageKind = 'request' | 'reply';

/** The limit of one kind of message. */
interface SizeLimit {
  /** The number that every message may hold. */
  readonly free: number;
  /** A message may hold one more for each so many bytes. */
  readonly bytesEach: number;
  /** The count of a distinct property name: an engine of JavaScript reorganizes objects for each. */
  readonly name: number;
}

/** A server reads requests of many clients, and a client the lists that it asked for: a reply may hold more objects. */
const LIMITS: Readonly<Record<MessageKind, SizeLimit>> = {
  request: { free: 16_384, bytesEach: 64, name: 2 },
  reply: { free: 65_536, bytesEach: 16, name: 4 },
};

/** A message of fewer bytes or characters cannot reach the limit of its kind: an object takes three, a distinct name eight. */
export const LARGE: Readonly<Record<MessageKind, number>> = { request: 3 * LIMITS.request.free, reply: 2 * LIMITS.reply.free };

const QUOTE = 0x22;
const COLON = 0x3a;

/** The multiplier of each step, an odd number whose bits have no pattern. */
const FACTOR = 0x9e3779b1;
/** The names that a counter tells apart at least; it tells twice as many apart for each doubling of a large message's limit. */
const SLOT_BITS = 16;
/** Longest part of a name, in bytes, that is compared. */
const LONGEST_NAME = 64;

/**
 * Returns the number of objects and names that a message of this size in bytes may hold. Arrays, objects, dates and byte strings count once;
 * distinct property names count `nameCount` times.
 */
export function mostInMessage(kind: MessageKind, bytes: number): number {
  const { free, bytesEach } = LIMITS[kind];
  return free + Math.floor(bytes / bytesEach);
}

/** Returns how many times a distinct property name counts. */
export function nameCount(kind: MessageKind): number {
  return LIMITS[kind].name;
}

/** Tells distinct names of one message after another. It takes a few different names for the same one, and never the reverse. */
export class NameCounter {
  private bits = SLOT_BITS;
  private seen = new Uint8Array(2 ** SLOT_BITS);
  private message = 0;

  /** `seed`: random, so that a sender cannot find names that this process takes for one. */
  constructor(private readonly seed = randomInt(2 ** 32)) {}

  /** Forgets the names of the previous message. `most`: the limit of the next one; a counter with fewer slots would never reach it. */
  begin(most: number): void {
    if (most > this.seen.length) {
      this.bits = Math.ceil(Math.log2(most));
      this.seen = new Uint8Array(2 ** this.bits);
      this.message = 0;
    }
    this.message = (this.message + 1) & 0xff;
    if (this.message !== 0) return;
    this.seen.fill(0);
    this.message = 1;
  }

  /** Returns whether a name is new in this message. */
  isNew(data: Uint8Array, start: number, end: number): boolean {
    let hash = this.seed ^ (end - start);
    const last = Math.min(end, start + LONGEST_NAME);
    for (let at = start; at < last; at++) {
      hash = Math.imul(hash ^ data[at]!, FACTOR);
      hash ^= hash >>> 15; // without this, the hash is a polynomial, and names exist that are equal for every seed
    }
    // the last step of MurmurHash3: the slot depends on all bits, whatever the seed is
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    const slot = hash >>> (32 - this.bits);
    if (this.seen[slot] === this.message) return false;
    this.seen[slot] = this.message;
    return true;
  }
}

const names = new NameCounter();

/** Returns the size of a decoded value in bytes, about as it was on the wire; a size over `most` if it is larger than that. */
export function sizeOf(value: unknown, most: number): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 2;
  if (typeof value !== 'object' || value === null) return 4;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let size = 2;
  for (const key in value) {
    size +=
      (Array.isArray(value) ? 1 : Buffer.byteLength(key) + 4) + sizeOf((value as Record<string, unknown>)[key], most - size);
    if (size > most) return size;
  }
  return size;
}

/**
 * Returns whether a message in JSON holds more objects and names than its size allows. Reads the bytes before they are decoded. `others`: the
 * number that the rest of the message may hold, if the data are a part of it.
 */
export function holdsTooMuch(kind: MessageKind, data: Uint8Array, others = 0): boolean {
  const { name } = LIMITS[kind];
  if (data.length < LARGE[kind]) return false;
  let left = mostInMessage(kind, data.length) - others;
  let start = 0;
  let end = 0;
  names.begin(left);
  for (let at = 0; at < data.length; at++) {
    const byte = data[at]!;
    if (byte === QUOTE) {
      start = at + 1;
      end = at = endOfString(data, start);
    } else if (byte === COLON) {
      if (names.isNew(data, start, end)) left -= name;
    } else if (byte === 0x5b || byte === 0x7b) left--;
    if (left < 0) return true;
  }
  return false;
}

/** Returns the error for a value of a user that makes a message of `bytes` with too many objects and names. `what` names the value. */
export function holdsTooMuchError(kind: MessageKind, what: string, bytes: number): RpcError {
  const remedy = kind === 'request' ? 'send them in several calls' : 'return less at once, or a stream';
  const most = mostInMessage(kind, bytes);
  return new RpcError(
    'unserializable',
    `${what}: a ${kind} of ${bytes} bytes may hold at most ${most} objects and distinct property names, names counted ${LIMITS[kind].name} times; ${remedy}`,
    { executed: kind === 'request' ? 'no' : 'yes', data: { where: kind } },
  );
}
