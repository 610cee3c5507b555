/** The port of a validation library: it reads DTO classes and compiles their checks. */
import type { Check } from '../schema/check';
import type { CodecName } from '../schema/codec-names';
import type { ShapeReader } from '../schema/shape';
import type { TaggedUnion } from '../schema/type-ref';
import type { Class } from '../schema/type-token';

/** Reads DTO classes and compiles checks of them. */
export interface Validator extends ShapeReader {
  /** Returns the check of a class, or of a union of classes, compiled once. `codec`: the codec that decodes the values; `json` by default. */
  compile(type: Class | TaggedUnion, codec?: CodecName): Check;
}
