/**
 * Reads MessagePack from untrusted peers. It never allocates by an announced length alone, and refuses every value that is not a JSON
 * value, date or byte string. It is not the library's decoder, because these limits must hold during decoding.
 */
import { isUtf8 } from 'node:buffer';
import type { RpcError } from '@concord-rpc/core';
import { DEEPEST, ENVELOPE_LEVELS, mostInMessage, NameCounter, nameCount, protocolError } from '@concord-rpc/core/wire';
import { ARRAY_16, FIXARRAY, FIXMAP, FIXSTR, NAMED, NEGATIVE, STR_8 } from './formats';
import { EXT_TIMESTAMP, readTimestamp } from './timestamp';

const REPLACEMENT = '\ufffd';
/** ASCII strings up to this many bytes are decoded in JavaScript, which is faster than a native call. */
const SHORT = 8;
/** Recent map keys, by a hash of their bytes. */
const KEYS: string[] = new Array(1_024);
const HASH_MASK = KEYS.length - 1;

const names = new NameCounter();
/** Arrays of up to this many items are allocated in advance. False lengths at every level of nesting still waste little memory. */
const AT_ONCE = 64;

type Read = (reader: ValueReader, depth: number) => unknown;

/** Readers by first byte, from 0xc0 on; `undefined` for a byte that begins no value. */
const FORMATS: readonly (Read | undefined)[] = [
  () => null,
  undefined, // 0xc1 is never used
  () => false,
  () => true,
  (reader) => reader.bytes(reader.unsigned(1)),
  (reader) => reader.bytes(reader.unsigned(2)),
  (reader) => reader.bytes(reader.unsigned(4)),
  (reader) => reader.extension(reader.unsigned(1)),
  (reader) => reader.extension(reader.unsigned(2)),
  (reader) => reader.extension(reader.unsigned(4)),
  (reader) => reader.float(4),
  (reader) => reader.float(8),
  (reader) => reader.unsigned(1),
  (reader) => reader.unsigned(2),
  (reader) => reader.unsigned(4),
  (reader) => reader.long(false),
  (reader) => reader.signed(1),
  (reader) => reader.signed(2),
  (reader) => reader.signed(4),
  (reader) => reader.long(true),
  (reader) => reader.extension(1),
  (reader) => reader.extension(2),
  (reader) => reader.extension(4),
  (reader) => reader.extension(8),
  (reader) => reader.extension(16),
  (reader) => reader.text(reader.unsigned(1)),
  (reader) => reader.text(reader.unsigned(2)),
  (reader) => reader.text(reader.unsigned(4)),
  (reader, depth) => reader.array(reader.unsigned(2), depth),
  (reader, depth) => reader.array(reader.unsigned(4), depth),
  (reader, depth) => reader.map(reader.unsigned(2), depth),
  (reader, depth) => reader.map(reader.unsigned(4), depth),
];

/** Reads one message. Every method throws RpcError `protocol_error` for what it cannot read. */
export class ValueReader {
  /** True once a map had a key that can reach a prototype. */
  suspicious = false;
  private at = 0;
  private readonly view: DataView;
  /** The number of objects and names that may still follow. */
  private left: number;
  /** The count of a distinct name; 0 in a message that is too short to hold too many. */
  private readonly name: number;

  constructor(
    private readonly data: Uint8Array,
    private readonly what: 'request' | 'reply',
  ) {
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.left = mostInMessage(what, data.length);
    this.name = data.length > this.left ? nameCount(what) : 0; // an object takes a byte, a distinct name four
    if (this.name > 0) names.begin(this.left);
  }

  /** Reads the message, which is a single value. */
  message(): unknown {
    const value = this.value(0);
    const more = this.data.length - this.at;
    if (more > 0) throw this.refusal(`has ${more} bytes after its end`);
    return value;
  }

  value(depth: number): unknown {
    const byte = this.data[this.at++];
    if (byte === undefined) throw this.cutOff();
    if (byte < FIXMAP) return byte;
    if (byte >= NEGATIVE) return byte - 0x100;
    if (byte >= NAMED) {
      const read = FORMATS[byte - NAMED];
      if (read === undefined) throw this.refusal(`is not MessagePack: no value begins with 0x${byte.toString(16)}`);
      return read(this, depth);
    }
    if (byte >= FIXSTR) return this.text(byte - FIXSTR);
    return byte >= FIXARRAY ? this.array(byte - FIXARRAY, depth) : this.map(byte - FIXMAP, depth);
  }

  array(length: number, depth: number): unknown[] {
    this.enter(length, depth);
    const items: unknown[] = length > AT_ONCE ? [] : new Array(length);
    for (let index = 0; index < length; index++) items[index] = this.value(depth + 1);
    return items;
  }

  map(size: number, depth: number): Record<string, unknown> {
    this.enter(2 * size, depth);
    const fields: Record<string, unknown> = {};
    for (let index = 0; index < size; index++) {
      const start = this.at;
      const key = this.key();
      if (this.name > 0 && names.isNew(this.data, start, this.at)) this.count(this.name);
      const value = this.value(depth + 1);
      if (key === '__proto__') this.define(fields, key, value);
      else fields[key] = value;
      if (key === 'prototype') this.suspicious = true;
    }
    return fields;
  }

  text(length: number): string {
    const start = this.take(length);
    const short = length <= SHORT ? this.ascii(start) : '';
    if (short.length === length) return short;
    const text = Buffer.prototype.utf8Slice.call(this.data, start, this.at);
    // utf8Slice replaces invalid bytes; the peer may also have sent the replacement character itself
    if (text.includes(REPLACEMENT) && !isUtf8(this.data.subarray(start, this.at)))
      throw this.refusal('has a string that is not UTF-8');
    return text;
  }

  private ascii(start: number): string {
    let text = '';
    let byte = 0;
    for (let at = start; at < this.at && (byte = this.data[at]!) < 0x80; at++) text += String.fromCharCode(byte);
    return text;
  }

  /** Returns a copy, because the transport owns the message. */
  bytes(length: number): Uint8Array {
    this.count(1);
    const start = this.take(length);
    return Buffer.from(this.data.subarray(start, this.at));
  }

  extension(length: number): Date {
    this.count(1);
    const type = this.signed(1);
    const start = this.take(length);
    const date = type === EXT_TIMESTAMP ? readTimestamp(this.view, start, length) : undefined;
    if (date === undefined) throw this.refusal(`has an extension of type ${type} and ${length} bytes, which is no timestamp`);
    return date;
  }

  unsigned(size: 1 | 2 | 4): number {
    const at = this.take(size);
    if (size === 1) return this.view.getUint8(at);
    return size === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  signed(size: 1 | 2 | 4): number {
    const at = this.take(size);
    if (size === 1) return this.view.getInt8(at);
    return size === 2 ? this.view.getInt16(at) : this.view.getInt32(at);
  }

  /** Reads an integer of eight bytes; refuses one beyond 2^53. */
  long(isSigned: boolean): number {
    const at = this.take(8);
    const high = isSigned ? this.view.getInt32(at) : this.view.getUint32(at);
    const value = high * 2 ** 32 + this.view.getUint32(at + 4);
    if (!Number.isSafeInteger(value)) throw this.refusal('has an integer beyond 2^53, which a number cannot hold');
    return value;
  }

  float(size: 4 | 8): number {
    const at = this.take(size);
    const value = size === 4 ? this.view.getFloat32(at) : this.view.getFloat64(at);
    if (!Number.isFinite(value)) throw this.refusal(`has the number ${value}`);
    return value;
  }

  /** Skips bytes and returns where they begin; refuses a message that ends before them. */
  private take(length: number): number {
    const start = this.at;
    if (length > this.data.length - start) throw this.cutOff();
    this.at = start + length;
    return start;
  }

  /** Enters an array or map of this many values; refuses it if the rest of the message has fewer bytes than values. */
  private enter(values: number, depth: number): void {
    this.count(1);
    if (depth >= DEEPEST + ENVELOPE_LEVELS) throw this.refusal('is nested too deep');
    if (values > this.data.length - this.at) throw this.cutOff();
  }

  private key(): string {
    const byte = this.data[this.at]!;
    if (byte >= FIXSTR && byte < NAMED) return this.shortKey(byte - FIXSTR);
    if (byte >= STR_8 && byte < ARRAY_16) return this.value(0) as string;
    throw this.refusal('has a map with a key that is not a string');
  }

  /** Reads a short key. Keys repeat, so recent ones are found by their bytes without decoding. */
  private shortKey(length: number): string {
    const start = this.at + 1;
    let hash = length;
    for (let at = start; at < start + length; at++) hash = (hash * 31 + this.data[at]!) & HASH_MASK;
    const known = KEYS[hash];
    if (known !== undefined && this.isAt(start, length, known)) {
      this.at = start + length;
      return known;
    }
    this.at = start;
    const key = this.text(length);
    KEYS[hash] = key;
    return key;
  }

  private isAt(start: number, length: number, ascii: string): boolean {
    if (ascii.length !== length) return false;
    for (let at = 0; at < length; at++)
      if (this.data[start + at] !== ascii.charCodeAt(at) || this.data[start + at]! >= 0x80) return false;
    return true;
  }

  private define(fields: object, key: string, value: unknown): void {
    this.suspicious = true;
    Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
  }

  private count(objects: number): void {
    this.left -= objects;
    if (this.left < 0) throw this.refusal('has more objects and property names than its size allows');
  }

  private cutOff(): RpcError {
    return this.refusal('is not MessagePack: it ends in the middle of a value');
  }

  private refusal(sentence: string): RpcError {
    return protocolError(`${this.what} ${sentence}`, this.what === 'request' ? 'no' : 'maybe');
  }
}
