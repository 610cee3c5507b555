/** Which DTO classes are of interest: those that say so themselves, and those that reach one. */
import type { Contract, DtoContract } from '../contract/contract';
import { type Class, classIn } from '../schema/type-ref';

/** The classes for which the test holds, or that hold one for which it does, at any depth. */
export function classesReaching(dtos: Contract['dtos'], test: (dto: DtoContract) => boolean): ReadonlySet<Class> {
  const found = new Set([...dtos].filter(([, dto]) => test(dto)).map(([type]) => type));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const [type, { fields }] of dtos) {
      if (fields.some((field) => found.has(classIn(field.type)!))) found.add(type);
    }
  }
  return found;
}
