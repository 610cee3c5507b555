/** Compares a new major with the highest old one: what it breaks is permitted, what it drops without a word is not. */
import type { ArgDocument, ContractDocument, MethodDocument } from '@concord-rpc/core';
import { parseEndpointKey } from '../document/versions';
import type { ObservationListener } from '../walk/walk';
import { type Documents, walkOf } from './compare-contracts';
import { compareMethods, renamings } from './compare-endpoint';

/** The key of the highest old major of an endpoint's name; `undefined` if the name is new. */
export function lastMajorOf(key: string, before: ContractDocument): string | undefined {
  const { name } = parseEndpointKey(key);
  const keys = Object.keys(before.endpoints).filter((each) => parseEndpointKey(each).name === name);
  return keys.sort((a, b) => parseEndpointKey(b).major - parseEndpointKey(a).major)[0];
}

/** Tells how a new major stands to an old one, as if it were the same endpoint. */
export function compareMajors(documents: Documents, oldKey: string, key: string, listen: ObservationListener): void {
  const { before, after } = documents;
  const [old, now] = [before.endpoints[oldKey]!, after.endpoints[key]!];
  listen({ kind: 'endpoint', path: key, before: old, after: now, otherMajor: true });
  compareMethods(walkOf(documents, { key, old, now, oldKey }, listen), old, now);
}

/** Tells of every method and argument of an old major that a new one lacks. */
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
