/** The one walk over DTO classes: it compiles a function for each class that matters, and for arrays of it. */
import type { Contract, DtoContract, FieldContract } from '../contract/contract';
import { type Class, classIn, type TypeRef } from '../schema/type-ref';

/** Compiles functions of values, one for each class that matters or reaches one that does. */
export abstract class TypeWalker<Walk, Part> {
  private readonly walks = new Map<Class, Walk>();
  private reaching: ReadonlySet<Class> | undefined;

  constructor(private readonly dtos: Contract['dtos']) {}

  /** Returns the function for values of a type; `undefined` if no class that the type reaches matters. */
  ofType(type: TypeRef): Walk | undefined {
    const dtoClass = classIn(type);
    this.reaching ??= classesReaching(this.dtos, (dto) => this.matters(dto));
    if (dtoClass === undefined || !this.reaching.has(dtoClass)) return undefined;
    return type.kind === 'array' ? this.ofArray(this.ofType(type.items)!) : this.ofClass(dtoClass);
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

  /** Returns whether a class matters by itself, whatever its fields reach. */
  protected abstract matters(dto: DtoContract): boolean;

  /** Returns the function for arrays, given the one for their items. */
  protected abstract ofArray(item: Walk): Walk;

  /** Returns the function for objects of a class. `parts` is filled later, and complete before the function runs. */
  protected abstract ofObject(dto: DtoContract, parts: readonly Part[]): Walk;

  /** Returns the part of a field, given the function for its values; `undefined` leaves the field out. */
  protected abstract ofField(field: FieldContract, walk: Walk | undefined): Part | undefined;
}

/** The classes that matter, and those that reach one at any depth. */
function classesReaching(dtos: Contract['dtos'], matters: (dto: DtoContract) => boolean): ReadonlySet<Class> {
  const found = new Set([...dtos].filter(([, dto]) => matters(dto)).map(([type]) => type));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const [type, { fields }] of dtos) {
      if (fields.some((field) => found.has(classIn(field.type)!))) found.add(type);
    }
  }
  return found;
}
