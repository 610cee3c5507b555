/**
 * Compares a new major with the highest old major. Breaking changes are permitted there; removals without deprecation are not.
 */

import type { ContractDocument } from '@concord-rpc/core';
import type { ArgDocument, MethodDocument } from '@concord-rpc/core/engine';
import { parseEndpointKey } from '../document/versions';
import type { ObservationListener } from '../walk/walk';
import { type Documents, walkOf } from './compare-contracts';
import { compareMethods, renamings } from './compare-endpoint';

/** Returns the key of the highest old major of an endpoint; `undefined` if the old document has no endpoint of this name. */
export function lastMajorOf(key: string, before: ContractDocument): string | undefined {
  const { name } = parseEndpointKey(key);
  const keys = Object.keys(before.endpoints).filter((each) => parseEndpointKey(each).name === name);
  return keys.sort((a, b) => parseEndpointKey(b).major - parseEndpointKey(a).major)[0];
}

/** Compares a new major with an old major as if both were the same endpoint. */
export function compareMajors(documents: Documents, oldKey: string, key: string, listen: ObservationListener): void {
  const { before, after } = documents;
  const [old, now] = [before.endpoints[oldKey]!, after.endpoints[key]!];
  listen({ kind: 'endpoint', path: key, before: old, after: now, otherMajor: true });
  compareMethods(walkOf(documents, { key, old, now, oldKey }, listen), old, now);
}

/** Reports every method and argument of an old major that the new major lacks. */
export function compareLacking({ before, after }: Documents, oldKey: string, key: string, listen: ObservationListener): void {
  const [old, now] = [before.endpoints[oldKey]!.methods, after.endpoints[key]!.methods];
  const renamed = renamings(old, now);
  for (const [name, method] of Object.entries(old)) {
    const newName = Object.hasOwn(now, name) ? name : renamed.get(name);
    if (newName === undefined) listen({ kind: 'lacking', path: `${key}/${name}`, before: method, after: undefined });
    else
      for (const arg of lackingArguments(method, now[newName]!)) {
        listen({ kind: 'lacking', path: `${key}/${newName}/args/${arg.name}`, before: arg, after: undefined });
      }
  }
}

function lackingArguments({ args = [] }: MethodDocument, now: MethodDocument): readonly ArgDocument[] {
  const known = new Set((now.args ?? []).flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  return args.filter(({ name }) => !known.has(name));
}
