/** The values that JSON can carry. Values that JSON would lose or change, and nesting that is too deep, are refused on both sides. */
import { types } from 'node:util';
import { RpcError } from '../errors/rpc-error';

/** The deepest nesting of arrays and objects in arguments and results. */
export const DEEPEST = 64;

/** The levels that the envelope adds: itself and its arguments, and both again in a batch. */
export const ENVELOPE_LEVELS = 4;

/** An escaped letter: without one, a key that `findHarm` finds has the letters `proto`. */
const ESCAPED_LETTER = /\\u00[67]/;
/** A number whose exponent has three digits or more. Shorter exponents make no number of few digits infinite. */
const LARGE_EXPONENT = /\d[eE]\+?\d{3,}(?:[\s,\]}]|$)/;
/** Every 200 characters hold two of the characters that stand this far apart. */
const STRIDE = 100;

/** A character other than those that JSON never escapes: a control character, a quote, a backslash, or half of a surrogate pair. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;

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
  if (typeof toJSON === 'function') return findUncarriable(toJSON.call(value), path, depth);
  for (const key in value) {
    const part = (value as Record<string, unknown>)[key];
    if (typeof part === 'string' && key !== '__proto__') continue;
    if (key === '__proto__' || (key === 'constructor' && isPrototypeHolder(part)))
      return `${path}.${key} would reach a prototype`;
    const found = findUncarriable(part, '', depth);
    if (found !== undefined) return `${path}.${key}${found}`;
  }
  return undefined;
}

function lossOf(value: object, prototype: object): string | false {
  const known = lossByPrototype.get(prototype);
  if (known !== undefined) return known;
  const loss = types.isDate(value)
    ? "a Date (JSON makes text of it): pass value.toISOString(), or use @Endpoint({ codec: 'msgpack' })"
    : ArrayBuffer.isView(value)
      ? 'bytes, which the JSON codec does not carry'
      : (LOSSY.find(([type]) => value instanceof type)?.[1] ?? false);
  lossByPrototype.set(prototype, loss);
  return loss;
}

/** Encodes a text as JSON. Most texts need no escape; `JSON.stringify` takes four times as long for a long one. */
export function jsonString(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/**
 * Encodes a value as JSON.
 *
 * @throws RpcError `unserializable`, with the path of the part that JSON cannot carry. `where` names the message: `request` or `reply`.
 */
export function encodeJson(value: unknown, path: string, where: 'request' | 'reply'): string {
  if (typeof value === 'string' && !ESCAPED.test(value)) return `"${value}"`;
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

/**
 * Encodes the parts of a request around its arguments. A context, unlike arguments and results, holds what JSON makes of it, also the
 * text of a Date.
 *
 * @throws RpcError `unserializable`
 */
export function encodeContext(extras: object): string {
  try {
    return encodeJson(extras, 'context', 'request');
  } catch {
    return encodeJson(withTextOfDates(extras, 0), 'context', 'request');
  }
}

/** Returns a value with the texts of its valid dates in their places. */
function withTextOfDates(value: unknown, depth: number): unknown {
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? value : value.toISOString();
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
  if (Array.isArray(value)) return value.map((item) => withTextOfDates(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withTextOfDates(part, depth + 1)]));
}

function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return LONE_SURROGATE.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, part]) => LONE_SURROGATE.test(key) || hasLoneSurrogate(part));
}

/** Returns whether JSON text has enough brackets, in strings or not, to be nested deeper than allowed: a level takes two. */
export function mayBeTooDeep(text: string): boolean {
  let left = DEEPEST + ENVELOPE_LEVELS;
  if (text.length <= 2 * left) return false;
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) if (left-- === 0) return true;
  for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) if (left-- === 0) return true;
  return false;
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

/**
 * Returns whether JSON text can hold a key or a number that `findHarm` looks for. It is a cheap test, and seldom true, also for texts
 * full of UUIDs. A number is too large with an exponent of three digits, or with 200 digits in a row.
 */
export function mayHaveHarm(text: string): boolean {
  if (text.includes('proto') || LARGE_EXPONENT.test(text)) return true;
  if (text.includes('\\u00') && ESCAPED_LETTER.test(text)) return true;
  for (let end = STRIDE; end < text.length; end += STRIDE) {
    let at = end;
    while (at >= end - STRIDE && (text.charCodeAt(at) ^ ZERO) <= 9) at--; // 0x30 to 0x39 are the digits
    if (at < end - STRIDE) return true;
  }
  return false;
}

function isPrototypeHolder(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}

/**
 * Returns the part of a parsed value that no sender may send: a key that would reach a prototype if it were copied (`__proto__`, or
 * `constructor` with a `prototype`), or a number that was read as infinity; `undefined` if there is none.
 */
export function findHarm(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'a number beyond the range of a double';
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  if (Object.hasOwn(value, '__proto__') || isPrototypeHolder((value as { constructor: unknown }).constructor)) {
    return 'a key that would reach a prototype';
  }
  for (const part of Object.values(value)) {
    const harm = findHarm(part);
    if (harm !== undefined) return harm;
  }
  return undefined;
}
