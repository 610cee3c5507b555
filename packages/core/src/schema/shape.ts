/** What Concord asks of a validation library about a DTO class: its fields, as its decorators declare them. */
import type { Class, TypeRef, UnknownType } from './type-ref';

/** Constraints of a value as JSON Schema keywords (`minimum`, `maxLength`, `format`, …). */
export type SchemaKeywords = Readonly<Record<string, unknown>>;

/** One field of a DTO class. */
export interface FieldShape {
  readonly name: string;
  readonly type: TypeRef | UnknownType;
  /** Whether a value without it passes. */
  readonly optional: boolean;
  /** The field's constraints as JSON Schema keywords, for the snapshot. */
  readonly keywords: SchemaKeywords;
}

/** Reads DTO classes. `undefined`: the library knows nothing of this class. */
export interface ShapeReader {
  shapeOf(type: Class): readonly FieldShape[] | undefined;
}
