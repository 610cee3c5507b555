/** Finds the named types that differ between two documents, directly or through a type that they reach. */
import { canonicalJson } from '../document/canonical-json';
import { namedIn, type TypeTable } from '../document/type-reference';

/** Returns the names of the types that differ, or that reach a type that differs. */
export function changedTypes(before: TypeTable, after: TypeTable): ReadonlySet<string> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const users = usersOf([before, after]);
  const changed = new Set<string>();
  const waiting = [...names].filter((name) => textOf(before, name) !== textOf(after, name));
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (changed.has(name)) continue;
    changed.add(name);
    waiting.push(...(users.get(name) ?? []));
  }
  return changed;
}

function textOf(types: TypeTable, name: string): string | undefined {
  return Object.hasOwn(types, name) ? canonicalJson(types[name]) : undefined;
}

/** Maps each type to the types that refer to it. */
function usersOf(tables: readonly TypeTable[]): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const types of tables) {
    for (const [user, schema] of Object.entries(types)) {
      for (const name of namedIn([schema])) users.set(name, [...(users.get(name) ?? []), user]);
    }
  }
  return users;
}
