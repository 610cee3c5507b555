/** Which methods reach which named types, and which way: what `via` of a finding lists. */
import type { Direction } from '../compare/subject';
import type { Within } from '../compare/walk';
import type { Snapshot, SnapshotMethod, SnapshotSchema } from '../document/snapshot';
import { collectTypes, typesOf } from '../document/type-reference';

/** The types of a method's arguments, or of its result and errors. */
export function schemasOf(method: SnapshotMethod, direction: Direction): SnapshotSchema[] {
  if (direction === 'in') return (method.args ?? []).map(({ schema }) => schema);
  const errors = Object.values(method.errors ?? {}).flatMap(({ data }) => data ?? []);
  return [...(method.returns == null ? [] : [method.returns]), ...errors];
}

/** Answers which methods of an endpoint reach a named type, in any of the documents. Looks it up once, when first asked. */
export function reachOf(key: string, snapshots: readonly Snapshot[]): (within: Within) => readonly string[] {
  let methods: Map<string, Set<string>> | undefined;
  return ({ type, direction }) => {
    methods ??= methodsByType(key, snapshots);
    return [...(methods.get(`${direction} ${type}`) ?? [])].sort();
  };
}

function methodsByType(key: string, snapshots: readonly Snapshot[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const snapshot of snapshots) {
    if (!Object.hasOwn(snapshot.endpoints, key)) continue;
    for (const [name, method] of Object.entries(snapshot.endpoints[key]!.methods)) {
      for (const direction of ['in', 'out'] as const) {
        const types = new Set<string>();
        for (const schema of schemasOf(method, direction)) collectTypes(schema, typesOf(snapshot), types);
        for (const type of types) {
          const place = `${direction} ${type}`;
          found.set(place, (found.get(place) ?? new Set()).add(`${key}/${name}`));
        }
      }
    }
  }
  return found;
}
