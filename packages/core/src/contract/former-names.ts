/** Methods under the names that they had before. */

import type { RpcMethodOptions } from '../decorators/decorator-options';
import { quote } from '../errors/quote';
import type { FormerName, MethodContract } from './contract';

/** What a method is called now, and whose names are taken. */
export interface NamedMethod {
  readonly since: number;
  /** Whether a name means something else already. */
  isTaken(name: string): boolean;
  minorOf(version: string): number;
  format(minor: number): string;
  requireName(name: unknown): string;
}

/** The minor in which a method came, under whatever name. */
export function firstMinor({ since, aliases }: Pick<MethodContract, 'since' | 'aliases'>): number {
  return aliases?.at(-1)?.since ?? since;
}

/** A method under each name that it had, newest first: as old as the name. */
export function underFormerNames(method: MethodContract): MethodContract[] {
  const { aliases = [] } = method;
  return aliases.map(({ name, since }, index) => ({ ...method, name, since, aliases: aliases.slice(index + 1) }));
}

/** The names that a method had, or the first mistake in them. */
export function compileFormerNames({ aliases = [] }: RpcMethodOptions, method: NamedMethod): readonly FormerName[] | string {
  const names: FormerName[] = [];
  for (const alias of aliases) {
    const given = typeof alias === 'object' && alias !== null ? alias : { name: alias };
    const name = method.requireName(given.name);
    if (method.isTaken(name)) return `has the alias ${quote(name)}, which means something else already`;
    const since = given.since === undefined ? 0 : method.minorOf(given.since);
    const next = names.at(-1)?.since ?? method.since;
    if (since > next) {
      return `has the alias ${quote(name)} since ${method.format(since)}, after the name that took its place (${method.format(next)}): newest names first`;
    }
    names.push({ name, since });
  }
  return names;
}
