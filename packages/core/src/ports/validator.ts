/** The port of a validation library: it reads DTO classes and compiles their checks. */
import type { Check } from '../schema/check';
import type { ShapeReader } from '../schema/shape';
import type { TaggedUnion } from '../schema/type-ref';
import type { Class } from '../schema/type-token';

/** Reads DTO classes and compiles checks of them. */
export interface Validator extends ShapeReader {
  /** Returns the check of a class, compiled once. */
  compile(type: Class): Check;
  /** Returns the check of a union of classes, compiled once. */
  compileUnion(union: TaggedUnion): Check;
}
