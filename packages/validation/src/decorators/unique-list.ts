/** A list for `@ArrayUnique` of class-validator, which compares every item with every other one. */

/** Finds its distinct items in linear time. `@ArrayUnique` calls only `map`, which returns such a list too, and `filter`. */
class UniqueList extends Array<unknown> {
  override filter(): never[] {
    return [...new Set(this)] as never[];
  }
}

/** Returns the items of an array as a list that `@ArrayUnique` checks in linear time; any other value unchanged. */
export function uniqueList(value: unknown): unknown {
  return Array.isArray(value) ? UniqueList.from(value) : value;
}
