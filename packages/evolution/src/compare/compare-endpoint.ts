/** Compares the methods of an endpoint: by name, then by alias. */
import type { EndpointDocument, MethodDocument } from '@concord-rpc/core/engine';
import { schemasIn } from '../document/type-reference';
import { isUntouched, reportAddition, type Walk } from '../walk/walk';
import { compareMethod } from './compare-method';

type MethodTable = Readonly<Record<string, MethodDocument>>;

/** Reports methods that were added, removed or renamed, and compares the others. */
export function compareMethods(walk: Walk, before: EndpointDocument, after: EndpointDocument): void {
  const [old, now] = [before.methods, after.methods];
  const answered = answeredNames(now);
  const isAnswered = (name: string) => answered.has(name);
  const renamed = renamings(old, now);
  const newNames = new Set(renamed.values());
  for (const [name, method] of Object.entries(old)) {
    const newName = Object.hasOwn(now, name) ? name : renamed.get(name);
    const path = `${walk.after.key}/${newName ?? name}`;
    if (newName === name && isUntouched(walk, method, now[name], schemasIn(method))) continue;
    if (newName === undefined) walk.report({ kind: 'method', path, before: method, after: undefined });
    else {
      const renamedFrom = newName === name ? undefined : name;
      compareMethod(walk, path, { before: method, after: now[newName]!, renamedFrom }, isAnswered);
    }
  }
  for (const [name, method] of Object.entries(now)) {
    if (Object.hasOwn(old, name) || newNames.has(name)) continue;
    const path = `${walk.after.key}/${name}`;
    walk.report({ kind: 'method', path, before: undefined, after: method });
    reportAddition(walk, path, { element: method, since: method.since });
  }
}

/** Maps the old name to the new name of each method that was renamed with an alias. */
export function renamings(old: MethodTable, now: MethodTable): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, { aliases = [] }] of Object.entries(now)) {
    if (Object.hasOwn(old, name)) continue;
    for (const alias of aliases) {
      if (Object.hasOwn(old, alias) && !Object.hasOwn(now, alias) && !names.has(alias)) names.set(alias, name);
    }
  }
  return names;
}

function answeredNames(methods: MethodTable): ReadonlySet<string> {
  return new Set(Object.entries(methods).flatMap(([name, { aliases = [] }]) => [name, ...aliases]));
}
