/** What MessagePack messages carry, and what would be lost, changed or refused by the other side. */
import { types } from 'node:util';
import { DEEPEST } from '@concord-rpc/core';

/** Of Node 20; the compiler's library for it does not know it yet. */
const { isWellFormed } = String.prototype as unknown as { isWellFormed(this: string): boolean };

/** A class whose instances are single values. */
type Single = 'date' | 'bytes';

const LOST: readonly [abstract new (...args: never[]) => unknown, string][] = [
  [Map, 'a Map: pass an object, or an array of entries'],
  [Set, 'a Set: pass an array'],
  [RegExp, 'a RegExp: pass its source'],
  [Error, 'an Error: pass what is to be known of it'],
  [Promise, 'a Promise: await it first'],
  [WeakMap, 'a WeakMap'],
  [WeakSet, 'a WeakSet'],
  [String, 'a String object: pass the text in it'],
  [Number, 'a Number object: pass the number in it'],
  [Boolean, 'a Boolean object: pass the boolean in it'],
];

/** What instances of a class are, by prototype: a single value, `undefined` for fields to be looked at, or how they would be lost. */
const byPrototype = new WeakMap<object, Single | { readonly loss: string } | undefined>();

/** Why a value cannot be carried, beginning with its path under `path`; `undefined` if it can. May throw what a getter of the value throws. */
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
    return `${path} has toJSON(), which only JSON asks for: pass what it returns`;
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
  const known = look(value);
  byPrototype.set(prototype, known);
  return known;
}

function look(value: object): Single | { readonly loss: string } | undefined {
  if (types.isDate(value)) return 'date';
  if (types.isUint8Array(value)) return 'bytes';
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) {
    return { loss: `a ${value.constructor.name}: pass new Uint8Array of its bytes` };
  }
  const loss = LOST.find(([type]) => value instanceof type)?.[1];
  return loss === undefined ? undefined : { loss };
}
