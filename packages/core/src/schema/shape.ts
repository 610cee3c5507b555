/** The fields of a DTO class, as a validation library reads them from its decorators. */
import type { TypeRef, UnknownType } from './type-ref';
import type { Class } from './type-token';

/** Constraints of a value as JSON Schema keywords (`minimum`, `maxLength`, `format`, …). */
export type SchemaKeywords = Readonly<Record<string, unknown>>;

/** One field of a DTO class. */
export interface FieldShape {
  readonly name: string;
  readonly type: TypeRef | UnknownType;
  /** The class whose marks (`@Since`, …) the field has, if it was copied from another class; its own class by default. */
  readonly marksOf?: Class;
  /** True if a value without the field is valid. */
  readonly optional: boolean;
  /** The field's constraints as JSON Schema keywords, for the snapshot. */
  readonly keywords: SchemaKeywords;
}

/** Reads DTO classes. `undefined` if the library does not know the class. */
export interface ShapeReader {
  shapeOf(type: Class): readonly FieldShape[] | undefined;
}
