/** The least version of a call: the largest `since` among the method, the arguments passed and the DTO fields present. */
import { formatVersion } from '../values/version';
import type { Contract, DtoContract, FieldContract, MethodContract } from './contract';
import { classesReaching } from './late-classes';
import { keepsTo } from './limits';
import { type Class, classIn, type TypeRef } from './type-ref';

/** The minor that a call with these arguments needs. */
export type LeastMinor = (args: readonly unknown[]) => number;

/** One part of a call and the minor that added it. */
export interface LatePart {
  /** `filter.tags[1].color`; the method's own name for the method itself. */
  readonly path: string;
  readonly minor: number;
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
    return arg.since > method.since || floor !== undefined ? [{ index, since: arg.since, floor }] : [];
  });
  if (tests.length === 0) return undefined;
  return (args) => {
    let least = method.since;
    for (const { index, since, floor } of tests) {
      const value = args[index];
      if (value === undefined) continue;
      if (since > least) least = since;
      if (floor !== undefined) least = floor(value, least);
    }
    return least;
  };
}

/** Every part of a call with its `since`, found the slow way: for the texts of errors, and to prove the compiled way right. */
export function latePartsOf(method: MethodContract, args: readonly unknown[], dtos: Contract['dtos']): LatePart[] {
  const parts: LatePart[] = [{ path: method.name, minor: method.since }];
  method.args.forEach((arg, index) => {
    if (args[index] === undefined) return;
    parts.push({ path: arg.name, minor: Math.max(arg.since, method.since) });
    collect(args[index], arg.type, arg.name, dtos, parts);
  });
  return parts;
}

/** Why a call needs what it needs: `1.3 because of filter.macAddress`, or only the version where the method itself needs it. */
export function formatNeed(contract: Contract, method: MethodContract, args: readonly unknown[]): string {
  const parts = latePartsOf(method, args, contract.dtos);
  const top = parts.reduce((highest, part) => (part.minor > highest.minor ? part : highest));
  const version = formatVersion({ major: contract.version.major, minor: top.minor });
  return top === parts[0] ? version : `${version} because of ${top.path}`;
}

function isLate({ since, lateValues, was }: FieldContract): boolean {
  return since > 0 || lateValues !== undefined || was !== undefined;
}

/** What the value of a field needs: a value that came later, or one beyond what its limits were. Both lists begin with the newest. */
function changesOf({ lateValues = [], was = [] }: FieldContract): Floor | undefined {
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
  const fields: { name: string; since: number; floor: Floor | undefined; changes: Floor | undefined }[] = [];
  const classFloor: Floor = (value, floor) => {
    if (typeof value !== 'object' || value === null) return floor;
    for (const field of fields) {
      const part = (value as Record<string, unknown>)[field.name];
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
    const changes = changesOf(field);
    if (isLate(field) || nested !== undefined) fields.push({ name: field.name, since: field.since, floor: nested, changes });
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
    if (part === undefined) continue;
    parts.push({ path: `${path}.${field.name}`, minor: changesOf(field)?.(part, field.since) ?? field.since });
    collect(part, field.type, `${path}.${field.name}`, dtos, parts);
  }
}
