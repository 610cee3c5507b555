/** A value as an older minor knows it: younger parts left out. What it is made from never changes. */
import type { Contract, DtoContract, FieldContract } from '../contract/contract';
import { type Class, classIn, type TypeRef } from '../schema/type-ref';
import { classesReaching } from './late-classes';

/** Gives a value without its younger parts: the same value where there are none. May throw what a getter of the value throws. */
export type Cut = (value: unknown, depth?: number) => unknown;

/** What is cut, and for which minor. */
export interface CutRules {
  readonly minor: number;
  /** Whether a field that is younger goes. */
  readonly drops: (field: FieldContract) => boolean;
  /** Whether younger values are replaced by those that stand in for them, and what has to be computed is. */
  readonly replaces: boolean;
}

/** Deeper values cannot be sent anyway. */
const DEEPEST = 64;

/** Compiles cuts of the types of a contract, each class once. */
export class CutCompiler {
  private readonly cuts = new Map<Class, Cut>();
  private readonly affected: ReadonlySet<Class>;

  constructor(
    private readonly dtos: Contract['dtos'],
    private readonly rules: CutRules,
  ) {
    this.affected = classesReaching(dtos, (dto) => this.isAffected(dto));
  }

  /** The cut of a type; `undefined` if nothing in it can be younger. */
  ofType(type: TypeRef): Cut | undefined {
    const dtoClass = classIn(type);
    if (dtoClass === undefined || !this.affected.has(dtoClass)) return undefined;
    if (type.kind !== 'array') return this.ofClass(dtoClass);
    const item = this.ofType(type.items)!;
    return (value, depth = 0) => (Array.isArray(value) ? mapped(value, item, depth + 1) : value);
  }

  private ofClass(type: Class): Cut {
    const known = this.cuts.get(type);
    if (known !== undefined) return known;
    const backports = this.backportsOf(type);
    const parts: { readonly name: string; readonly cut: Cut | undefined }[] = [];
    const cut: Cut = (value, depth = 0) => {
      const source = plainObject(backports === undefined || depth > DEEPEST ? value : backports(value));
      if (source === undefined || depth > DEEPEST) return value;
      let copy: Record<string, unknown> | undefined;
      for (const part of parts) {
        const old = source[part.name];
        if (old === undefined) continue;
        const now = part.cut?.(old, depth + 1);
        if (now === old) continue;
        copy ??= { ...source };
        if (now === undefined) delete copy[part.name];
        else copy[part.name] = now;
      }
      return copy ?? (backports === undefined ? value : source);
    };
    this.cuts.set(type, cut); // before its fields: a class may hold itself
    for (const field of this.dtos.get(type)!.fields) {
      if (this.goes(field)) parts.push({ name: field.name, cut: undefined });
      else {
        const inner = this.ofType(field.type) ?? this.replacements(field);
        if (inner !== undefined) parts.push({ name: field.name, cut: inner });
      }
    }
    return cut;
  }

  private isAffected(dto: DtoContract): boolean {
    return this.backportsOfDto(dto) !== undefined || dto.fields.some((field) => this.goes(field) || this.replacements(field));
  }

  private backportsOf(type: Class): Cut | undefined {
    return this.backportsOfDto(this.dtos.get(type)!);
  }

  /** Those of every minor from the newest down to the wanted one, one after the other. */
  private backportsOfDto({ backports = [] }: DtoContract): Cut | undefined {
    const needed = backports.filter(({ upTo }) => this.rules.replaces && upTo >= this.rules.minor);
    if (needed.length === 0) return undefined;
    return (value) => (isObject(value) ? needed.reduce<unknown>((converted, { convert }) => convert(converted), value) : value);
  }

  private replacements({ lateValues = [] }: FieldContract): Cut | undefined {
    const { minor, replaces } = this.rules;
    const late = new Map(lateValues.filter(({ since }) => since > minor).map((each) => [each.value, each]));
    if (!replaces || ![...late.values()].some(({ fallback }) => fallback !== undefined)) return undefined;
    const replaced: Cut = (value) => {
      const found = late.get(value);
      return found?.fallback === undefined ? value : replaced(found.fallback);
    };
    return (value) => (Array.isArray(value) ? mapped(value, replaced, 0) : replaced(value));
  }

  private goes(field: FieldContract): boolean {
    return field.since > this.rules.minor && this.rules.drops(field);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object that will be sent for a value; `undefined` if that is no object with fields. */
function plainObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(value)) return undefined;
  const { toJSON } = value as { readonly toJSON?: unknown };
  return typeof toJSON === 'function' ? plainObject(toJSON.call(value)) : (value as Record<string, unknown>);
}

/** The same array if no item changes. */
function mapped(items: readonly unknown[], cut: Cut, depth: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < items.length; index++) {
    const now = cut(items[index], depth);
    if (now === items[index]) continue;
    copy ??= [...items];
    copy[index] = now;
  }
  return copy ?? items;
}
