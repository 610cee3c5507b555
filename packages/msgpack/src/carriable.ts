/** Finds values that MessagePack cannot carry: the receiver would lose, change or refuse them. */
import { types } from 'node:util';
import { DEEPEST } from '@concord-rpc/core/wire';

/** Node 20 has it; the library types of ES2022 do not declare it. */
const { isWellFormed } = String.prototype as unknown as { isWellFormed(this: string): boolean };

/** Kinds of objects that travel as one value. */
type Single = 'date' | 'bytes';

const LOST: readonly [abstract new (...args: never[]) => unknown, string][] = [
  [Map, 'a Map: pass an object, or an array of entries'],
  [Set, 'a Set: pass an array'],
  [RegExp, 'a RegExp: pass its source'],
  [Error, 'an Error: pass the fields that the receiver needs, such as its message'],
  [Promise, 'a Promise: await it first'],
  [WeakMap, 'a WeakMap'],
  [WeakSet, 'a WeakSet'],
  [String, 'a String object: pass the text in it'],
  [Number, 'a Number object: pass the number in it'],
  [Boolean, 'a Boolean object: pass the boolean in it'],
];

/** Verdicts on classes, by prototype: a single value, `undefined` for an object whose fields are checked, or the reason for the loss. */
const byPrototype = new WeakMap<object, Single | { readonly loss: string } | undefined>();

/**
 * Returns why MessagePack cannot carry a value, starting with the path to the faulty part; `undefined` if it can. An error that a getter
 * of the value throws is passed on.
 */
export function findUncarriable(value: unknown, path: string, depth = 0): string | undefined {
  switch (typeof value) {
    case 'boolean':
    case 'undefined':
      return undefined;
    case 'string':
      return isWellFormed.call(value) ? undefined : `${path} is a string with half a surrogate pair`;
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
  if (Array.isArray(value)) return findInArray(value, path, depth);
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const known = instancesOf(prototype, value);
    if (known === 'bytes') return undefined;
    if (known === 'date') return Number.isNaN((value as Date).getTime()) ? `${path} is an invalid Date` : undefined;
    if (known !== undefined) return `${path} is ${known.loss}`;
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    return `${path} has toJSON(), which only the JSON codec calls: pass its result`;
  }
  return findInFields(value as Readonly<Record<string, unknown>>, path, depth);
}

function findInArray(items: readonly unknown[], path: string, depth: number): string | undefined {
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (item === undefined) return `${path}[${index}] is undefined (it would arrive as null)`;
    const found = findUncarriable(item, '', depth);
    if (found !== undefined) return `${path}[${index}]${found}`;
  }
  return undefined;
}

function findInFields(fields: Readonly<Record<string, unknown>>, path: string, depth: number): string | undefined {
  for (const key in fields) {
    const part = fields[key];
    if (!isWellFormed.call(key)) return `${path} has a key with half a surrogate pair`;
    if (key === '__proto__' || (key === 'constructor' && holdsPrototype(part))) return `${path}.${key} would reach a prototype`;
    const found = findUncarriable(part, '', depth);
    if (found !== undefined) return `${path}.${key}${found}`;
  }
  return undefined;
}

function holdsPrototype(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}

function instancesOf(prototype: object, value: object): Single | { readonly loss: string } | undefined {
  if (byPrototype.has(prototype)) return byPrototype.get(prototype);
  const known = classify(value);
  byPrototype.set(prototype, known);
  return known;
}

function classify(value: object): Single | { readonly loss: string } | undefined {
  if (types.isDate(value)) return 'date';
  if (types.isUint8Array(value)) return 'bytes';
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) {
    return { loss: `a ${value.constructor.name}: pass new Uint8Array of its bytes` };
  }
  const loss = LOST.find(([type]) => value instanceof type)?.[1];
  return loss === undefined ? undefined : { loss };
}
