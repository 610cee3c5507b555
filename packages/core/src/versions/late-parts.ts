/** The parts of one call with the version that added each: for the texts of errors, and to prove the compiled needs right. */
import type { ArgContract, Contract, FieldContract, MethodContract } from '../contract/contract';
import { formOf, formsOf } from '../schema/kind-union';
import { tagOf } from '../schema/tagged-union';
import type { TypeRef } from '../schema/type-ref';
import { formatVersion } from '../values/version';
import { changesOf, isLeftOut } from './needs';

/** One part of a call and the minor that added it. */
export interface LatePart {
  /** `filter.tags[1].color`; the method's own name for the method itself. */
  readonly path: string;
  readonly minor: number;
  /** True if the part is missing, and was required before `minor`. */
  readonly isLeftOut?: true;
}

/** Lists every part of a call with its `since`. Walks through all values: too slow for every call. */
export function latePartsOf(method: MethodContract, args: readonly unknown[], dtos: Contract['dtos']): LatePart[] {
  const collector = new PartCollector(method, dtos);
  for (const [index, arg] of method.args.entries()) {
    collector.addPart(args[index], arg, arg.name, Math.max(arg.since, method.since));
  }
  return collector.parts;
}

/**
 * Formats the version that a call needs, and the part that needs it: `1.3 because of filter.macAddress`, `1.2 because filter.limit
 * is left out`. The version alone if the method itself needs it.
 */
export function formatNeed(contract: Contract, method: MethodContract, args: readonly unknown[]): string {
  const parts = latePartsOf(method, args, contract.dtos);
  const top = parts.reduce((highest, part) => (part.minor > highest.minor ? part : highest));
  const version = formatVersion({ major: contract.version.major, minor: top.minor });
  if (top === parts[0]) return version;
  return top.isLeftOut ? `${version} because ${top.path} is left out` : `${version} because of ${top.path}`;
}

class PartCollector {
  readonly parts: LatePart[];

  constructor(
    { name, since }: MethodContract,
    private readonly dtos: Contract['dtos'],
  ) {
    this.parts = [{ path: name, minor: since }];
  }

  addPart(value: unknown, part: ArgContract | FieldContract, path: string, since: number): void {
    const { requiredBefore, type } = part;
    if (requiredBefore !== undefined && isLeftOut(value, type)) {
      this.parts.push({ path, minor: requiredBefore, isLeftOut: true });
    }
    if (value === undefined) return;
    this.parts.push({ path, minor: changesOf(part)?.(value, since) ?? since });
    this.addWithin(value, type, path);
  }

  private addWithin(value: unknown, type: TypeRef, path: string): void {
    if (type.kind === 'union') {
      const member = type.members.find((each) => formsOf(each)!.includes(formOf(value)));
      if (member !== undefined) this.addWithin(value, member, path);
      return;
    }
    if (type.kind === 'array' && Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.addWithin(item, type.items, `${path}[${index}]`);
    }
    if (typeof value !== 'object' || value === null) return;
    if (type.kind === 'nullable') this.addWithin(value, type.of, path);
    if (type.kind === 'record') {
      for (const [key, each] of Object.entries(value)) this.addWithin(each, type.values, `${path}.${key}`);
    }
    if (type.kind === 'tagged') {
      const tag = tagOf(type, value);
      const member = type.members.find(({ name }) => name === tag);
      if (member !== undefined) this.addWithin(value, { kind: 'class', type: member.type }, path);
    }
    if (type.kind !== 'class') return;
    for (const field of this.dtos.get(type.type)?.fields ?? []) {
      this.addPart((value as Record<string, unknown>)[field.name], field, `${path}.${field.name}`, field.since);
    }
  }
}
