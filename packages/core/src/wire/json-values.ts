/** The values that JSON can carry. Values that JSON would lose or change, and nesting that is too deep, are refused on both sides. */
import { RpcError } from '../errors/rpc-error';

/** The deepest nesting of arrays and objects in arguments and results. */
export const DEEPEST = 64;

/** The levels that the envelope adds: itself and its arguments, and both again in a batch. */
export const ENVELOPE_LEVELS = 4;

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** By prototype, the reason why JSON loses the instances of a class; false if it does not. */
const lossByPrototype = new WeakMap<object, string | false>();

const LOSSY: readonly [new (...args: never[]) => unknown, string][] = [
  [Map, 'a Map (JSON makes {} of it)'],
  [Set, 'a Set (JSON makes {} of it)'],
  [RegExp, 'a RegExp (JSON makes {} of it)'],
  [Error, 'an Error (JSON makes {} of it)'],
  [Promise, 'a Promise: await it first'],
  [WeakMap, 'a WeakMap'],
  [WeakSet, 'a WeakSet'],
  [ArrayBuffer, 'bytes, which the JSON codec does not carry'],
];

/** Returns the reason why JSON cannot carry a value, with the path of the part; `undefined` if it can. Throws what a getter of the value throws. */
export function findUncarriable(value: unknown, path: string, depth = 0): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${path} is ${value}`;
    case 'object':
      return value === null ? undefined : findInObject(value, path, depth + 1);
    default:
      return `${path} is a ${typeof value}`;
  }
}

function findInObject(value: object, path: string, depth: number): string | undefined {
  if (depth > DEEPEST) return `${path} is nested deeper than ${DEEPEST} levels, or contains itself`;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (typeof item === 'string') continue;
      if (item === undefined) return `${path}[${index}] is undefined (JSON makes null of it)`;
      const found = findUncarriable(item, '', depth);
      if (found !== undefined) return `${path}[${index}]${found}`;
    }
    return undefined;
  }
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const loss = lossOf(value, prototype);
    if (loss !== false) return `${path} is ${loss}`;
  }
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return findInJson(value, toJSON as () => unknown, path, depth);
  for (const key in value) {
    const part = (value as Record<string, unknown>)[key];
    if (typeof part === 'string') continue;
    if (key === '__proto__' || (key === 'constructor' && isPrototypeHolder(part)))
      return `${path}.${key} would reach a prototype`;
    const found = findUncarriable(part, '', depth);
    if (found !== undefined) return `${path}.${key}${found}`;
  }
  return undefined;
}

function findInJson(value: object, toJSON: () => unknown, path: string, depth: number): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? `${path} is an invalid Date` : undefined;
  return findUncarriable(toJSON.call(value), path, depth);
}

function lossOf(value: object, prototype: object): string | false {
  const known = lossByPrototype.get(prototype);
  if (known !== undefined) return known;
  const loss = ArrayBuffer.isView(value)
    ? 'bytes, which the JSON codec does not carry'
    : (LOSSY.find(([type]) => value instanceof type)?.[1] ?? false);
  lossByPrototype.set(prototype, loss);
  return loss;
}

/**
 * Encodes a value as JSON.
 *
 * @throws RpcError `unserializable`, with the path of the part that JSON cannot carry. `where` names the message: `request` or `reply`.
 */
export function encodeJson(value: unknown, path: string, where: 'request' | 'reply'): string {
  let why: string | undefined;
  let cause: unknown;
  try {
    why = findUncarriable(value, path);
    if (why === undefined) {
      const text = JSON.stringify(value);
      if (!text.includes('\\ud') || !hasLoneSurrogate(value)) return text;
      why = `${path} has a string with half a surrogate pair`;
    }
  } catch (thrown) {
    why = `reading ${path} threw`;
    cause = thrown;
  }
  throw new RpcError('unserializable', `${why}, which cannot be sent as JSON`, {
    executed: where === 'reply' ? 'yes' : 'no',
    data: { where },
    cause,
  });
}

function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return LONE_SURROGATE.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, part]) => LONE_SURROGATE.test(key) || hasLoneSurrogate(part));
}

/**
 * Returns whether JSON text is nested deeper than allowed, because `JSON.parse` takes most of a second for a megabyte of `[`. Reads
 * the bytes before they are decoded, and skips brackets in strings.
 */
export function isTooDeep(data: Uint8Array): boolean {
  let depth = 0;
  for (let at = 0; at < data.length; at++) {
    const byte = data[at]!;
    if (byte === QUOTE) at = endOfString(data, at + 1);
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > DEEPEST + ENVELOPE_LEVELS) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}

/** Returns the index of the quote that ends a string; the length of the data if no quote does. Reads short strings byte by byte, and searches long ones. */
export function endOfString(data: Uint8Array, start: number): number {
  const near = Math.min(data.length, start + 64);
  let at = start;
  for (; at < near; at++) {
    const byte = data[at]!;
    if (byte === BACKSLASH) at++;
    else if (byte === QUOTE) return at;
  }
  for (;;) {
    const quote = data.indexOf(QUOTE, at);
    if (quote < 0) return data.length;
    let backslashes = 0;
    while (quote - backslashes > at && data[quote - backslashes - 1] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
}

/** Returns whether JSON text can hold a key that `hasPrototypeKey` looks for. It is a cheap test, and seldom true. */
export function mayHavePrototypeKey(text: string): boolean {
  return text.includes('proto') || text.includes('\\u');
}

function isPrototypeHolder(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}

/** Returns whether a parsed value has a key that would reach a prototype if it were copied: `__proto__`, or `constructor` with a `prototype`. */
export function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  if (Object.hasOwn(value, '__proto__')) return true;
  if (isPrototypeHolder((value as { constructor: unknown }).constructor)) return true;
  return Object.values(value).some(hasPrototypeKey);
}
