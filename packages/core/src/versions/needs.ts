/** The least version of a call: the largest `since` among its method, its arguments, the fields present in them and what is left out. */
import type { ArgContract, Contract, DtoContract, FieldContract, MethodContract } from '../contract/contract';
import { formOf } from '../schema/kind-union';
import { keepsTo } from '../schema/limits';
import { tagOf } from '../schema/tagged-union';
import { type TaggedUnion, type TypeRef, takesNull, unionIn } from '../schema/type-ref';
import { TypeWalker } from './type-walker';

/** Returns the highest `since` in a value, at least `floor`. */
type Floor = (value: unknown, floor: number) => number;

/** An argument or field that can raise the version of a call. */
interface ChangedPart {
  readonly since: number;
  readonly type: TypeRef;
  /** 0 if it was never required. */
  readonly requiredBefore: number;
  /** The walk through its value; `undefined` if nothing in it came later. */
  readonly floor: Floor | undefined;
  /** The judgement of the value itself; `undefined` if its values and limits never changed. */
  readonly changes: Floor | undefined;
}

interface LateArg extends ChangedPart {
  readonly index: number;
}

interface LateField extends ChangedPart {
  readonly name: string;
}

/** The versions that calls of one method need, under one of its names. Client and server judge by this alone. */
export class CallNeeds {
  constructor(
    private readonly since: number,
    private readonly args: readonly LateArg[],
  ) {}

  /** True if every call needs the minor that added the method. */
  get isConstant(): boolean {
    return this.args.length === 0;
  }

  /** Returns the minor that a call with these arguments needs. */
  least(args: readonly unknown[]): number {
    let least = this.since;
    for (const { index, since, floor, changes, requiredBefore, type } of this.args) {
      const value = args[index];
      if (requiredBefore > least && isLeftOut(value, type)) least = requiredBefore;
      if (value === undefined) continue;
      if (since > least) least = since;
      if (floor !== undefined) least = floor(value, least);
      if (changes !== undefined) least = changes(value, least);
    }
    return least;
  }
}

/** Compiles the needs of a method's calls, once, at registration. */
export function compileNeeds(method: MethodContract, dtos: Contract['dtos']): CallNeeds {
  let walker = walkers.get(dtos);
  if (walker === undefined) walkers.set(dtos, (walker = new NeedsWalker(dtos)));
  const args: LateArg[] = [];
  for (const [index, arg] of method.args.entries()) {
    const part = { index, ...changedPart(arg, walker.ofType(arg.type)) };
    const { since, requiredBefore, floor, changes } = part;
    const isLate = since > method.since || requiredBefore > method.since || floor !== undefined || changes !== undefined;
    if (isLate) args.push(part);
  }
  return new CallNeeds(method.since, args);
}

/** Returns whether a value is missing for a peer that requires it. */
export function isLeftOut(value: unknown, type: TypeRef): boolean {
  return value === undefined || (value === null && !takesNull(type));
}

/** Compiles the version that a value needs by itself: because it is a late value, or beyond earlier limits. */
export function changesOf({ type, lateValues = [], was = [] }: ArgContract | FieldContract): Floor | undefined {
  if (lateValues.length === 0 && was.length === 0) return undefined;
  const union = unionIn(type);
  return (part, floor) => {
    const given = union === undefined ? part : tagsIn(union, part);
    const uses = (value: unknown) => (Array.isArray(given) ? given.includes(value) : given === value);
    const lateValue = lateValues.find(({ value }) => uses(value)); // both lists begin with the newest
    const beyond = was.find(({ limits }) => !keepsTo(part, limits));
    return Math.max(floor, lateValue?.since ?? 0, beyond?.before ?? 0);
  };
}

/** Returns the tag of a value, or the tags of its items. */
function tagsIn(union: TaggedUnion, value: unknown): unknown {
  if (Array.isArray(value)) return value.flatMap((item) => tagsIn(union, item));
  return typeof value === 'object' && value !== null ? tagOf(union, value) : undefined;
}

/** Shared by the methods of a contract, so that a class has one function. */
const walkers = new WeakMap<Contract['dtos'], NeedsWalker>();

class NeedsWalker extends TypeWalker<Floor, LateField> {
  protected matters({ fields }: DtoContract): boolean {
    return fields.some(isLate);
  }

  protected ofArray(item: Floor): Floor {
    return (value, floor) => {
      if (!Array.isArray(value)) return floor;
      for (const each of value) floor = item(each, floor);
      return floor;
    };
  }

  protected ofKinds(byForm: ReadonlyMap<string, Floor>): Floor {
    return (value, floor) => byForm.get(formOf(value))?.(value, floor) ?? floor;
  }

  protected ofRecord(inner: Floor): Floor {
    return (value, floor) => {
      if (typeof value !== 'object' || value === null) return floor;
      for (const each of Object.values(value)) floor = inner(each, floor);
      return floor;
    };
  }

  protected ofTagged(union: TaggedUnion, members: ReadonlyMap<string, Floor>): Floor {
    return (value, floor) => {
      if (typeof value !== 'object' || value === null) return floor;
      return members.get(tagOf(union, value) as string)?.(value, floor) ?? floor;
    };
  }

  protected ofObject(_dto: DtoContract, fields: readonly LateField[]): Floor {
    return function classFloor(value, floor) {
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
  }

  protected ofField(field: FieldContract, floor: Floor | undefined): LateField | undefined {
    return isLate(field) || floor !== undefined ? { name: field.name, ...changedPart(field, floor) } : undefined;
  }
}

function changedPart(part: ArgContract | FieldContract, floor: Floor | undefined): ChangedPart {
  const { since, type, requiredBefore = 0 } = part;
  return { since, type, requiredBefore, floor, changes: changesOf(part) };
}

function isLate({ since, lateValues, was, requiredBefore }: FieldContract): boolean {
  return since > 0 || lateValues !== undefined || was !== undefined || requiredBefore !== undefined;
}
