/** How many objects a message may hold: beside a byte each costs much, so that a megabyte of empty ones would stop a process for long. */
import { isSingleObject } from '@concord-rpc/core';

/** What any message may hold. */
const FREE = 65_536;
/** Beyond that, one for so many bytes. */
const BYTES_EACH = 16;

/** The most arrays, maps, dates and bytes, taken together, in a message of so many bytes. */
export function mostObjects(bytes: number): number {
  return FREE + Math.floor(bytes / BYTES_EACH);
}

/** How many a value holds, itself included. */
export function countObjects(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (isSingleObject(value)) return 1;
  let count = 1;
  for (const part of Object.values(value)) count += countObjects(part);
  return count;
}
