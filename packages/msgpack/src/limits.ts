/** Counts the objects and property names in a value, as the limits of messages count them. */
import { isSingleObject } from '@concord-rpc/core/engine';
import { type MessageKind, nameCount } from '@concord-rpc/core/wire';

/** Returns the count of a message. Arrays, maps, dates and byte strings count once, distinct property names several times. */
export function countIn(kind: MessageKind, message: unknown): number {
  const names = new Set<string>();
  return countObjects(message, names) + nameCount(kind) * names.size;
}

function countObjects(value: unknown, names: Set<string>): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (isSingleObject(value)) return 1;
  let count = 1;
  for (const [name, part] of Object.entries(value)) {
    if (!Array.isArray(value)) names.add(name);
    count += countObjects(part, names);
  }
  return count;
}
