/** Limits the objects in a message: a megabyte of empty ones would block the receiving process for a long time. */
import { isSingleObject } from '@concord-rpc/core/engine';

/** The number of objects that every message may hold. */
const FREE = 65_536;
/** A message may hold one more object for each 16 bytes. */
const BYTES_EACH = 16;

/** Returns the limit for a message of this size in bytes. Arrays, maps, dates and byte strings count as objects. */
export function mostObjects(bytes: number): number {
  return FREE + Math.floor(bytes / BYTES_EACH);
}

/** Returns the number of objects in a value, itself included. */
export function countObjects(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (isSingleObject(value)) return 1;
  let count = 1;
  for (const part of Object.values(value)) count += countObjects(part);
  return count;
}

/** Returns what a request holds as its limit counts it: its objects, and twice its distinct property names. */
export function countRequest(value: unknown): number {
  const names = new Set<string>();
  addNames(value, names);
  return countObjects(value) + 2 * names.size;
}

function addNames(value: unknown, names: Set<string>): void {
  if (typeof value !== 'object' || value === null || isSingleObject(value)) return;
  for (const [name, part] of Object.entries(value)) {
    if (!Array.isArray(value)) names.add(name);
    addNames(part, names);
  }
}
