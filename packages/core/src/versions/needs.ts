/** The least version of a call: the largest `since` among the method, the arguments passed, the DTO fields present, and what is left out. */

import type { ArgContract, Contract, DtoContract, FieldContract, MethodContract } from '../contract/contract';
import { keepsTo } from '../schema/limits';
import { type Class, classIn, type TypeRef } from '../schema/type-ref';
import { formatVersion } from '../values/version';
import { classesReaching } from './late-classes';

/** The minor that a call with these arguments needs. */
export type LeastMinor = (args: readonly unknown[]) => number;

/** One part of a call and the minor that added it. */
export interface LatePart {
  /** `filter.tags[1].color`; the method's own name for the method itself. */
  readonly path: string;
  readonly minor: number;
  /** It is not there, and had to be before. */
  readonly isLeftOut?: true;
}

/** The highest `since` in a value, at least `floor`. */
type Floor = (value: unknown, floor: number) => number;

/**
 * Compiles the least version of a method's calls, once, at registration. `undefined` when nothing in it is later than the method
 * itself: such a call always needs `method.since`, and pays nothing to know it.
 */
export function compileLeastMinor(method: MethodContract, dtos: Contract['dtos']): LeastMinor | undefined {
  const late = classesReaching(dtos, ({ fields }) => fields.some(isLate));
  const floors = new Map<Class, Floor>();
  const tests = method.args.flatMap((arg, index) => {
    const floor = floorOf(arg.type, dtos, late, floors);
    const changes = changesOf(arg);
    const { since, requiredBefore = 0, type } = arg;
    const isTested = since > method.since || requiredBefore > method.since || floor !== undefined || changes !== undefined;
    return isTested ? [{ index, since, floor, changes, requiredBefore, type }] : [];
  });
  if (tests.length === 0) return undefined;
  return (args) => {
    let least = method.since;
    for (const { index, since, floor, changes, requiredBefore, type } of tests) {
      const value = args[index];
      if (requiredBefore > least && isLeftOut(value, type)) least = requiredBefore;
      if (value === undefined) continue;
      if (since > least) least = since;
      if (floor !== undefined) least = floor(value, least);
      if (changes !== undefined) least = changes(value, least);
    }
    return least;
  };
}

/** Every part of a call with its `since`, found the slow way: for the texts of errors, and to prove the compiled way right. */
export function latePartsOf(method: MethodContract, args: readonly unknown[], dtos: Contract['dtos']): LatePart[] {
  const parts: LatePart[] = [{ path: method.name, minor: method.since }];
  for (const [index, arg] of method.args.entries()) {
    collectPart(args[index], arg, arg.name, Math.max(arg.since, method.since), dtos, parts);
  }
  return parts;
}

/**
 * Why a call needs what it needs: `1.3 because of filter.macAddress`, `1.2 because filter.limit is left out`, or only the version where the method itself
 * needs it.
 */
export function formatNeed(contract: Contract, method: MethodContract, args: readonly unknown[]): string {
  const parts = latePartsOf(method, args, contract.dtos);
  const top = parts.reduce((highest, part) => (part.minor > highest.minor ? part : highest));
  const version = formatVersion({ major: contract.version.major, minor: top.minor });
  if (top === parts[0]) return version;
  return top.isLeftOut ? `${version} because ${top.path} is left out` : `${version} because of ${top.path}`;
}

function isLate({ since, lateValues, was, requiredBefore }: FieldContract): boolean {
  return since > 0 || lateValues !== undefined || was !== undefined || requiredBefore !== undefined;
}

/** Whether a value is not there for whoever requires it: `null` is a value only where anything is. */
function isLeftOut(value: unknown, { kind }: TypeRef): boolean {
  return value === undefined || (value === null && kind !== 'unchecked');
}

/** What a value needs: if it came later, or is beyond what its limits were. Both lists begin with the newest. */
function changesOf({ lateValues = [], was = [] }: ArgContract | FieldContract): Floor | undefined {
  if (lateValues.length === 0 && was.length === 0) return undefined;
  return (part, floor) => {
    const uses = (value: unknown) => (Array.isArray(part) ? part.includes(value) : part === value);
    const lateValue = lateValues.find(({ value }) => uses(value));
    const beyond = was.find(({ limits }) => !keepsTo(part, limits));
    return Math.max(floor, lateValue?.since ?? 0, beyond?.before ?? 0);
  };
}

function floorOf(type: TypeRef, dtos: Contract['dtos'], late: ReadonlySet<Class>, floors: Map<Class, Floor>): Floor | undefined {
  const itemType = classIn(type);
  if (itemType === undefined || !late.has(itemType)) return undefined;
  if (type.kind === 'array') {
    const item = floorOf(type.items, dtos, late, floors)!;
    return (value, floor) => {
      if (!Array.isArray(value)) return floor;
      for (const each of value) floor = item(each, floor);
      return floor;
    };
  }
  const known = floors.get(itemType);
  if (known !== undefined) return known;
  const fields: (Pick<FieldContract, 'name' | 'since' | 'type'> & {
    readonly requiredBefore: number;
    readonly floor: Floor | undefined;
    readonly changes: Floor | undefined;
  })[] = [];
  const classFloor: Floor = (value, floor) => {
    if (typeof value !== 'object' || value === null) return floor;
    for (const field of fields) {
      const part = (value as Record<string, unknown>)[field.name];
      if (field.requiredBefore > floor && isLeftOut(part, field.type)) floor = field.requiredBefore;
      if (part === undefined) continue;
      if (field.since > floor) floor = field.since;
      if (field.floor !== undefined) floor = field.floor(part, floor);
      if (field.changes !== undefined) floor = field.changes(part, floor);
    }
    return floor;
  };
  floors.set(itemType, classFloor); // before its fields: a type may hold itself
  for (const field of dtos.get(itemType)!.fields) {
    const nested = floorOf(field.type, dtos, late, floors);
    const { name, since, type: fieldType, requiredBefore = 0 } = field;
    if (!isLate(field) && nested === undefined) continue;
    fields.push({ name, since, type: fieldType, requiredBefore, floor: nested, changes: changesOf(field) });
  }
  return classFloor;
}

function collect(value: unknown, type: TypeRef, path: string, dtos: Contract['dtos'], parts: LatePart[]): void {
  if (type.kind === 'array' && Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, type.items, `${path}[${index}]`, dtos, parts);
  }
  if (type.kind !== 'class' || typeof value !== 'object' || value === null) return;
  const dto: DtoContract | undefined = dtos.get(type.type);
  for (const field of dto?.fields ?? []) {
    const part = (value as Record<string, unknown>)[field.name];
    collectPart(part, field, `${path}.${field.name}`, field.since, dtos, parts);
  }
}

function collectPart(
  value: unknown,
  part: ArgContract | FieldContract,
  path: string,
  since: number,
  dtos: Contract['dtos'],
  parts: LatePart[],
): void {
  const { requiredBefore, type } = part;
  if (requiredBefore !== undefined && isLeftOut(value, type)) parts.push({ path, minor: requiredBefore, isLeftOut: true });
  if (value === undefined) return;
  parts.push({ path, minor: changesOf(part)?.(value, since) ?? since });
  collect(value, type, path, dtos, parts);
}
