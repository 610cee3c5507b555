/** Cuts values: parts that are newer than a minor, or not declared, are removed or replaced in a copy; the value itself never changes. */
import type { Contract, DtoContract, FieldContract, LateValue } from '../contract/contract';
import { formOf } from '../schema/kind-union';
import { requireTag, tagOf } from '../schema/tagged-union';
import { type TaggedUnion, takesNull, unionIn } from '../schema/type-ref';
import { VALUE_KINDS, type ValueKind } from '../schema/value-kinds';
import type { SchemaRef } from '../standard/schema-ref';
import { schemaOutput } from './schema-output';
import { TypeWalker } from './type-walker';

/** Returns a value without its newer parts; the same value if it has none. Throws what a getter of the value throws, and for a value of no member of a union. */
export type Cut = (value: unknown, depth?: number) => unknown;

/** The parts that are cut, and the minor whose callers get the result. */
export interface CutRules {
  readonly minor: number;
  /** Returns whether a newer field is removed. */
  readonly drops: (field: FieldContract) => boolean;
  /** True if newer values are replaced by their fallbacks, and backports are run. */
  readonly replaces: boolean;
  /** True if properties that a DTO class does not declare are removed. A class that declares no field is left as it is. */
  readonly declaredOnly?: true;
  /** True if values are made as they are sent: values of unions get the property that names their member, dates become text. */
  readonly sends?: true;
}

interface CutField {
  readonly name: string;
  /** `undefined` removes the field. */
  readonly cut: Cut | undefined;
}

/** No codec carries deeper values. */
const DEEPEST = 64;

/** Compiles cuts of the types of a contract, each class once. */
export class CutCompiler extends TypeWalker<Cut, CutField> {
  protected override readonly tagsMatter: boolean;

  constructor(
    dtos: Contract['dtos'],
    private readonly rules: CutRules,
  ) {
    super(dtos);
    this.tagsMatter = rules.sends === true;
  }

  protected matters(dto: DtoContract): boolean {
    if (this.namesIn(dto) !== undefined || this.backportsOf(dto) !== undefined) return true;
    return dto.fields.some((field) => this.isDropped(field) || this.replacements(field));
  }

  protected override ofValue(kind: ValueKind): Cut | undefined {
    return this.rules.sends && VALUE_KINDS[kind].text?.write;
  }

  /** A result is the output of its schema. The arguments of a call are checked by the server. */
  protected override ofSchema(type: SchemaRef): Cut | undefined {
    return this.rules.declaredOnly && ((value) => schemaOutput(type, value));
  }

  protected override ofNullable(walk: Cut): Cut {
    return (value, depth) => (value === null ? value : walk(value, depth));
  }

  protected ofArray(item: Cut): Cut {
    const { declaredOnly } = this.rules;
    return (value, depth = 0) => {
      if (Array.isArray(value)) return mapped(value, item, depth + 1);
      return declaredOnly ? item(value, depth) : value; // a handler may return one item where the contract says a list
    };
  }

  protected ofKinds(byForm: ReadonlyMap<string, Cut>): Cut {
    return (value, depth) => byForm.get(formOf(value))?.(value, depth) ?? value;
  }

  protected ofRecord(inner: Cut): Cut {
    return (value, depth = 0) => {
      const source = plainObject(value);
      if (source === undefined || depth > DEEPEST) return value;
      let copy: Record<string, unknown> | undefined;
      for (const key in source) {
        const now = inner(source[key], depth + 1);
        if (now !== source[key]) (copy ??= { ...source })[key] = now;
      }
      return copy ?? value;
    };
  }

  protected ofTagged(union: TaggedUnion, members: ReadonlyMap<string, Cut>): Cut {
    const { property } = union;
    const { sends, declaredOnly } = this.rules;
    const cut: Cut = (value, depth = 0) => {
      if (declaredOnly && depth <= DEEPEST && Array.isArray(value)) return mapped(value, cut, depth + 1);
      const source = plainObject(value);
      if (!isObject(value) || source === undefined || depth > DEEPEST) return value;
      if (sends === undefined) return members.get(tagOf(union, value) as string)?.(value, depth) ?? value;
      const tag = requireTag(union, source, value);
      const now = (members.get(tag)?.(value, depth) ?? value) as Readonly<Record<string, unknown>>;
      return Object.hasOwn(now, property) && now[property] === tag
        ? now
        : Object.assign({ [property]: tag }, plainObject(now), { [property]: tag });
    };
    return cut;
  }

  protected ofObject(dto: DtoContract, parts: readonly CutField[]): Cut {
    const backports = this.backportsOf(dto);
    const names = this.namesIn(dto);
    const cut: Cut = (value, depth = 0) => {
      // the same: a list where the contract says one item
      if (names !== undefined && depth <= DEEPEST && Array.isArray(value)) return mapped(value, cut, depth + 1);
      const source = plainObject(backports === undefined || depth > DEEPEST ? value : backports(value));
      if (source === undefined || depth > DEEPEST) return value;
      let copy = names === undefined ? undefined : declaredIn(source, names);
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
    return cut;
  }

  protected ofField(field: FieldContract, inner: Cut | undefined): CutField | undefined {
    if (this.isDropped(field)) return { name: field.name, cut: undefined };
    const cut = this.ofLateMembers(field, inner) ?? inOrder(inner, this.replacements(field));
    // null counts as left out where it is no value, and a schema would refuse it
    return cut && { name: field.name, cut: field.optional && !takesNull(field.type) ? this.ofNullable(cut) : cut };
  }

  /** Returns the cut of a union of which a late member has a fallback: the value becomes one of the fallback's class. */
  private ofLateMembers({ type, lateValues = [] }: FieldContract, inner: Cut | undefined): Cut | undefined {
    const union = unionIn(type);
    const fallbacks = this.fallbacksOf(lateValues);
    if (union === undefined || fallbacks === undefined) return undefined;
    const retagged = (value: unknown): unknown => {
      if (Array.isArray(value)) return mapped(value, retagged, 0);
      if (!isObject(value)) return value;
      const tag = tagOf(union, value);
      const older = latest(fallbacks, tag);
      return older === tag ? value : { ...plainObject(value), [union.property]: older };
    };
    return (value, depth) => (inner === undefined ? retagged(value) : inner(retagged(value), depth));
  }

  /** Returns the backports from the newest down to the wanted minor, run one after the other. */
  private backportsOf({ backports = [] }: DtoContract): Cut | undefined {
    const needed = backports.filter(({ upTo }) => this.rules.replaces && upTo >= this.rules.minor);
    if (needed.length === 0) return undefined;
    return (value) => (isObject(value) ? needed.reduce<unknown>((converted, { convert }) => convert(converted), value) : value);
  }

  private replacements({ type, lateValues = [] }: FieldContract): Cut | undefined {
    const fallbacks = unionIn(type) === undefined ? this.fallbacksOf(lateValues) : undefined;
    if (fallbacks === undefined) return undefined;
    const replaced: Cut = (value) => latest(fallbacks, value);
    return (value) => (Array.isArray(value) ? mapped(value, replaced, 0) : replaced(value));
  }

  /** Returns the fallbacks of values that are newer than the minor; `undefined` if no value is replaced. */
  private fallbacksOf(lateValues: readonly LateValue[]): ReadonlyMap<unknown, unknown> | undefined {
    const { minor, replaces } = this.rules;
    const late = lateValues.filter(({ since, fallback }) => since > minor && fallback !== undefined);
    return replaces && late.length > 0 ? new Map(late.map(({ value, fallback }) => [value, fallback])) : undefined;
  }

  /** Returns the names of the declared fields; `undefined` if other properties stay. */
  private namesIn({ fields }: DtoContract): ReadonlySet<string> | undefined {
    return this.rules.declaredOnly && fields.length > 0 ? new Set(fields.map(({ name }) => name)) : undefined;
  }

  private isDropped(field: FieldContract): boolean {
    return field.since > this.rules.minor && this.rules.drops(field);
  }
}

/** Returns one cut after the other; `undefined` if there is none. */
function inOrder(first: Cut | undefined, second: Cut | undefined): Cut | undefined {
  return first !== undefined && second !== undefined ? (value, depth) => second(first(value, depth)) : (first ?? second);
}

/** Returns the newest value that a caller knows in place of a value. */
function latest(fallbacks: ReadonlyMap<unknown, unknown>, value: unknown): unknown {
  let known = value;
  while (fallbacks.has(known)) known = fallbacks.get(known);
  return known;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the object that is sent for a value; `undefined` if that is not an object with fields. */
function plainObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(value)) return undefined;
  const { toJSON } = value as { readonly toJSON?: unknown };
  return typeof toJSON === 'function' ? plainObject(toJSON.call(value)) : (value as Record<string, unknown>);
}

/** Returns a copy with the declared properties; `undefined` if there are no others. */
function declaredIn(source: Readonly<Record<string, unknown>>, names: ReadonlySet<string>): Record<string, unknown> | undefined {
  for (const key in source) {
    if (names.has(key)) continue;
    const copy: Record<string, unknown> = {};
    for (const name of names) if (Object.hasOwn(source, name)) copy[name] = source[name];
    return copy;
  }
  return undefined;
}

/** Cuts each item; returns the same array if no item changes. */
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
