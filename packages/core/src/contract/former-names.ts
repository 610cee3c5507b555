/** Former names of methods. */
import type { RpcMethodOptions } from '../decorators/decorator-options';
import { quote } from '../errors/quote';
import type { FormerName, MethodContract } from './contract';

/** The method that has former names, and the names that are taken. */
export interface NamedMethod {
  readonly since: number;
  /** Returns whether a name has another meaning in the contract. */
  isTaken(name: string): boolean;
  minorOf(version: unknown): number;
  format(minor: number): string;
  requireName(name: unknown): string;
}

/** Returns the minor that added a method, under its first name. */
export function firstMinor({ since, aliases }: Pick<MethodContract, 'since' | 'aliases'>): number {
  return aliases?.at(-1)?.since ?? since;
}

/** Returns the method under each of its former names, newest first, each with the `since` of its name. */
export function underFormerNames(method: MethodContract): MethodContract[] {
  const { aliases = [] } = method;
  return aliases.map(({ name, since }, index) => ({ ...method, name, since, aliases: aliases.slice(index + 1) }));
}

/** Compiles the former names of a method; returns the first mistake as a text. */
export function compileFormerNames({ aliases = [] }: RpcMethodOptions, method: NamedMethod): readonly FormerName[] | string {
  const names: FormerName[] = [];
  for (const alias of aliases) {
    const given = typeof alias === 'object' && alias !== null ? alias : { name: alias };
    const name = method.requireName(given.name);
    if (method.isTaken(name)) return `has the alias ${quote(name)}, which has another meaning in the contract`;
    const since = given.since === undefined ? 0 : method.minorOf(given.since);
    const next = names.at(-1)?.since ?? method.since;
    if (since > next) {
      return `has the alias ${quote(name)} since ${method.format(since)}, after the name that replaced it (${method.format(next)}): list the newest name first`;
    }
    names.push({ name, since });
  }
  return names;
}
