/**
 * Counts the parts of types, with those of the types that they name. Hashes and comparisons follow every reference: thirty types, each
 * of which names the next one twice, stand for a billion parts.
 */
import type { ContractDocument } from '@concord-rpc/core';
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { partsOf, referredName, schemasIn, type TypeTable, typesOf } from './type-reference';

/** The most parts of one type, and of the types of all methods of a document. The largest interface of Neutron has about 5 000. */
const MOST = { type: 100_000, document: 1_000_000 } as const;

/** A type with too many parts. Without `name`, the types of all methods together have too many. */
export interface TooLargeType {
  readonly name: string | undefined;
  readonly most: number;
}

class TooLarge extends Error {
  constructor(readonly found: TooLargeType) {
    super();
  }
}

/** Returns the first type of a document that has too many parts; `undefined` if none has. */
export function tooLargeType(document: ContractDocument): TooLargeType | undefined {
  const count = createCounter(typesOf(document));
  let total = 0;
  try {
    for (const { methods } of Object.values(document.endpoints)) {
      for (const schema of Object.values(methods).flatMap((method) => schemasIn(method))) {
        total += count(schema);
        if (total > MOST.document) return { name: undefined, most: MOST.document };
      }
    }
    for (const name of Object.keys(typesOf(document))) count({ $ref: `#/types/${name}` });
    return undefined;
  } catch (thrown) {
    if (thrown instanceof TooLarge) return thrown.found;
    throw thrown;
  }
}

/** Creates a counter over types. A type that contains itself ends where it comes again, as in hashes. */
function createCounter(types: TypeTable): (schema: SchemaDocument) => number {
  const known = new Map<string, number>();
  const around = new Map<string, number>();
  /** The outermost type around that was met again; infinity if none was. */
  let outermost = Number.POSITIVE_INFINITY;

  const countType = (name: string): number => {
    const depth = around.get(name);
    if (depth !== undefined) {
      outermost = Math.min(outermost, depth);
      return 1;
    }
    const before = known.get(name);
    if (before !== undefined) return before;
    const outer = outermost;
    outermost = Number.POSITIVE_INFINITY;
    around.set(name, around.size);
    const total = Object.hasOwn(types, name) ? count(types[name]!, name) : 1;
    around.delete(name);
    // the count of a type inside a circle depends on where the circle was entered
    if (outermost >= around.size) known.set(name, total);
    outermost = Math.min(outer, outermost >= around.size ? Number.POSITIVE_INFINITY : outermost);
    return total;
  };

  const count = (schema: SchemaDocument, within?: string): number => {
    const name = referredName(schema);
    let total = 1 + (name === undefined ? 0 : countType(name));
    for (const part of partsOf(schema)) {
      total += count(part, within);
      if (total > MOST.type) throw new TooLarge({ name: within ?? name, most: MOST.type });
    }
    if (total > MOST.type) throw new TooLarge({ name: within ?? name, most: MOST.type });
    return total;
  };

  return count;
}
