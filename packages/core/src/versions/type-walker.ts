/** The one walk over DTO classes: it compiles a function for each class that matters, and for arrays of it. */
import type { Contract, DtoContract, FieldContract } from '../contract/contract';
import { formsOf } from '../schema/kind-union';
import { classesIn, innerTypes, type TaggedUnion, type TypeRef } from '../schema/type-ref';
import type { Class } from '../schema/type-token';
import { VALUE_KINDS, type ValueKind } from '../schema/value-kinds';
import type { SchemaRef } from '../standard/schema-ref';

/** Compiles functions of values, one for each class that matters or reaches one that does. */
export abstract class TypeWalker<Walk, Part> {
  private readonly walks = new Map<Class, Walk>();
  private reaching: ReadonlySet<Class> | undefined;

  constructor(private readonly dtos: Contract['dtos']) {}

  /** Returns the function for values of a type; `undefined` if nothing that the type reaches matters. */
  ofType(type: TypeRef): Walk | undefined {
    if (type.kind === 'array') {
      const item = this.ofType(type.items);
      return item && this.ofArray(item);
    }
    if (type.kind === 'nullable') {
      const walk = this.ofType(type.of);
      return walk && this.ofNullable(walk);
    }
    if (type.kind === 'record') {
      const value = this.ofType(type.values);
      return value && this.ofRecord(value);
    }
    if (type.kind === 'union') return this.ofUnion(type.members);
    if (type.kind === 'schema') return this.ofSchema(type);
    if (type.kind === 'class') return this.reaches(type.type) ? this.ofClass(type.type) : undefined;
    if (type.kind !== 'tagged') return isValue(type.kind) ? this.ofValue(type.kind) : undefined;
    const members = type.members.flatMap(({ name, type: member }) =>
      this.reaches(member) ? [[name, this.ofClass(member)] as const] : [],
    );
    return members.length === 0 && !this.tagsMatter ? undefined : this.ofTagged(type, new Map(members));
  }

  /** Returns the function for a union of kinds; `undefined` if no member matters. */
  private ofUnion(members: readonly TypeRef[]): Walk | undefined {
    const byForm = members.flatMap((member) => {
      const walk = this.ofType(member);
      return walk === undefined ? [] : formsOf(member)!.map((form) => [form, walk] as const);
    });
    return byForm.length === 0 ? undefined : this.ofKinds(new Map(byForm));
  }

  private reaches(type: Class): boolean {
    this.reaching ??= this.classesReaching();
    return this.reaching.has(type);
  }

  private ofClass(type: Class): Walk {
    const known = this.walks.get(type);
    if (known !== undefined) return known;
    const dto = this.dtos.get(type)!;
    const parts: Part[] = [];
    const walk = this.ofObject(dto, parts);
    this.walks.set(type, walk); // before its fields: a class may hold itself
    for (const field of dto.fields) {
      const part = this.ofField(field, this.ofType(field.type));
      if (part !== undefined) parts.push(part);
    }
    return walk;
  }

  /** True if a union matters by itself, whatever its members reach. */
  protected readonly tagsMatter: boolean = false;

  /** Returns whether a class matters by itself, whatever its fields reach. */
  protected abstract matters(dto: DtoContract): boolean;

  /** Returns the function for single values of a kind; `undefined` if they do not matter. */
  protected ofValue(_kind: ValueKind): Walk | undefined {
    return undefined;
  }

  /** Returns the function for values that a schema of a library states; `undefined` if they do not matter. */
  protected ofSchema(_type: SchemaRef): Walk | undefined {
    return undefined;
  }

  /** Returns the function for values or null, given the one for values: the same, if that one returns null as it is. */
  protected ofNullable(walk: Walk): Walk {
    return walk;
  }

  /** Returns the function for arrays, given the one for their items. */
  protected abstract ofArray(item: Walk): Walk;

  /** Returns the function for a union of kinds, given those for the forms of values that matter. */
  protected abstract ofKinds(byForm: ReadonlyMap<string, Walk>): Walk;

  /** Returns the function for dictionaries, given the one for their values. */
  protected abstract ofRecord(value: Walk): Walk;

  /** Returns the function for a union, given those for the members that matter, by name. */
  protected abstract ofTagged(union: TaggedUnion, members: ReadonlyMap<string, Walk>): Walk;

  /** Returns the function for objects of a class. `parts` is filled later, and complete before the function runs. */
  protected abstract ofObject(dto: DtoContract, parts: readonly Part[]): Walk;

  /** Returns the part of a field, given the function for its values; `undefined` leaves the field out. */
  protected abstract ofField(field: FieldContract, walk: Walk | undefined): Part | undefined;

  /** The classes that matter, and those that reach one at any depth. */
  private classesReaching(): ReadonlySet<Class> {
    const found = new Set([...this.dtos].filter(([, dto]) => this.matters(dto)).map(([type]) => type));
    for (let size = -1; size !== found.size; ) {
      size = found.size;
      for (const [type, { fields }] of this.dtos) {
        if (fields.some((field) => this.mattersAs(field.type, found))) found.add(type);
      }
    }
    return found;
  }

  private mattersAs(type: TypeRef, classes: ReadonlySet<Class>): boolean {
    if (isValue(type.kind)) return this.ofValue(type.kind) !== undefined;
    if (type.kind === 'schema') return this.ofSchema(type) !== undefined;
    if (type.kind === 'tagged' && this.tagsMatter) return true;
    return innerTypes(type).some((inner) => this.mattersAs(inner, classes)) || classesIn(type).some((each) => classes.has(each));
  }
}

function isValue(kind: string): kind is ValueKind {
  return Object.hasOwn(VALUE_KINDS, kind);
}
