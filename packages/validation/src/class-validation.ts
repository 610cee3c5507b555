/** Concord's validator port, implemented with class-validator. */

import type { Class } from '@concord-rpc/core';
import type { Check, CodecName, FieldShape, TaggedUnion, Validator } from '@concord-rpc/core/engine';
import { compileCheck } from './compile-check';
import { readShape } from './read-shape';

/** Reads and checks DTO classes by their class-validator decorators. class-validator is loaded with the first DTO class. */
export const classValidation: Validator = {
  shapeOf: (type: Class): readonly FieldShape[] | undefined => readShape(type),
  compile: (type: Class | TaggedUnion, codec?: CodecName): Check => compileCheck(type, codec),
};
