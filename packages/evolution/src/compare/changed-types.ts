/** Which named types differ between two documents, in their definition or in anything that they reach: only those need comparing. */
import { canonicalJson } from '../document/canonical-json';
import { namedIn, type TypeTable } from '../document/type-reference';

/** The names of the types that differ, or reach one that does. */
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

/** The types that name each type themselves. */
function usersOf(tables: readonly TypeTable[]): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const types of tables) {
    for (const [user, schema] of Object.entries(types)) {
      for (const name of namedIn([schema])) users.set(name, [...(users.get(name) ?? []), user]);
    }
  }
  return users;
}
