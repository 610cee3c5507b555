/** Finds the methods that reach a named type, for `via` of findings. */

import type { ContractDocument } from '@concord-rpc/core';
import { collectTypes, namedIn, schemasIn, type TypeTable, typesOf } from '../document/type-reference';
import type { Within } from '../walk/walk';

/**
 * Returns a function that lists the methods of an endpoint that reach a named type in any of the documents. The methods are
 * looked up on the first call.
 */
export function reachOf(key: string, snapshots: readonly ContractDocument[]): (within: Within) => readonly string[] {
  let methods: Map<string, Set<string>> | undefined;
  return ({ type, direction }) => {
    methods ??= methodsByType(key, snapshots);
    return [...(methods.get(`${direction} ${type}`) ?? [])].sort();
  };
}

function methodsByType(key: string, snapshots: readonly ContractDocument[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const snapshot of snapshots) {
    if (!Object.hasOwn(snapshot.endpoints, key)) continue;
    const reachedFrom = reachIn(typesOf(snapshot));
    for (const [name, method] of Object.entries(snapshot.endpoints[key]!.methods)) {
      for (const direction of ['in', 'out'] as const) {
        for (const type of namedIn(schemasIn(method, direction))) {
          for (const reached of reachedFrom(type)) {
            const reach = `${direction} ${reached}`;
            const methods = found.get(reach);
            if (methods === undefined) found.set(reach, new Set([`${key}/${name}`]));
            else methods.add(`${key}/${name}`);
          }
        }
      }
    }
  }
  return found;
}

/** Returns a function that lists the types that a type reaches, including itself. Results are cached. */
function reachIn(types: TypeTable): (name: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return (name) => {
    const reached = known.get(name) ?? reachedBy(name, types);
    known.set(name, reached);
    return reached;
  };
}

function reachedBy(name: string, types: TypeTable): ReadonlySet<string> {
  const reached = new Set([name]);
  if (Object.hasOwn(types, name)) collectTypes(types[name]!, types, reached);
  return reached;
}
