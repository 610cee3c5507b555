/** Limits the objects and property names in a request: a message of small ones would block the server that builds them. */
import { randomInt } from 'node:crypto';
import { endOfString } from './json-values';

/** Most bytes of a request, unless a server has another limit. A client makes no batch of more. */
export const MOST_REQUEST_BYTES = 262_144;

/** The number that every request may hold. */
const FREE = 16_384;
/** A request may hold one more for each 64 bytes. */
const BYTES_EACH = 64;
/** A distinct property name counts twice: an engine of JavaScript reorganizes objects for each. */
const NAME = 2;
/** A message of fewer bytes cannot reach the limit: an object takes three bytes. */
export const LARGE_REQUEST = 3 * FREE;

const QUOTE = 0x22;
const COLON = 0x3a;

/** The multiplier of each step, an odd number whose bits have no pattern. */
const FACTOR = 0x9e3779b1;
const SLOTS = 65_536;
/** Longest part of a name, in bytes, that is compared. */
const LONGEST_NAME = 64;

/** Returns the limit for a request of this size in bytes. Arrays, objects, dates and byte strings count once, distinct names twice. */
export function mostInRequest(bytes: number): number {
  return FREE + Math.floor(bytes / BYTES_EACH);
}

/** Counts distinct names of one message after another. It takes a few different names for the same one, and never the reverse. */
export class NameCounter {
  private readonly seen = new Uint8Array(SLOTS);
  private message = 0;

  /** `seed`: random, so that a sender cannot find names that this process takes for one. */
  constructor(private readonly seed = randomInt(2 ** 32)) {}

  /** Forgets the names of the previous message. */
  begin(): void {
    this.message = (this.message + 1) & 0xff;
    if (this.message !== 0) return;
    this.seen.fill(0);
    this.message = 1;
  }

  /** Returns what a name adds to the count: 2 if it is new, else 0. */
  count(data: Uint8Array, start: number, end: number): number {
    let hash = this.seed ^ (end - start);
    const last = Math.min(end, start + LONGEST_NAME);
    for (let at = start; at < last; at++) {
      hash = Math.imul(hash ^ data[at]!, FACTOR);
      hash ^= hash >>> 15; // without this, the hash is a polynomial, and names exist that are equal for every seed
    }
    // the last step of MurmurHash3: the slot depends on all bits, whatever the seed is
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    const slot = hash >>> 16;
    if (this.seen[slot] === this.message) return 0;
    this.seen[slot] = this.message;
    return NAME;
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

/** Returns whether a request in JSON holds more objects and names than its size allows. Reads the bytes before they are decoded. */
export function holdsTooMuch(data: Uint8Array): boolean {
  let left = mostInRequest(data.length);
  let start = 0;
  let end = 0;
  names.begin();
  for (let at = 0; at < data.length; at++) {
    const byte = data[at]!;
    if (byte === QUOTE) {
      start = at + 1;
      end = at = endOfString(data, start);
    } else if (byte === COLON) left -= names.count(data, start, end);
    else if (byte === 0x5b || byte === 0x7b) left--;
    if (left < 0) return true;
  }
  return false;
}
