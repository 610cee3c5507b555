/** The arguments of a method, as the pipes of NestJS see them: each with its type and its name. */

import type { MethodContract, TypeRef } from '@concord-rpc/core/engine';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';

/** The class that a type of a contract has at run time, by its kind; `Object` for a kind that is not here. */
const METATYPES: Partial<Record<TypeRef['kind'], ArgumentMetadata['metatype']>> = {
  string: String,
  number: Number,
  boolean: Boolean,
  date: Date,
  dateText: Date,
  int64: BigInt as never,
  bytes: Uint8Array as never,
  array: Array,
};

/** Returns the metadata of each argument. Called once for each method. */
export function argumentMetadata({ args }: MethodContract): readonly ArgumentMetadata[] {
  return args.map(({ name, type }) => ({ type: 'body', metatype: metatypeOf(type), data: name }));
}

function metatypeOf(type: TypeRef): ArgumentMetadata['metatype'] {
  if (type.kind === 'nullable') return metatypeOf(type.of);
  return type.kind === 'class' ? (type.type as ArgumentMetadata['metatype']) : (METATYPES[type.kind] ?? Object);
}

/** Runs the pipes over each argument, in order. An argument that the caller left out stays so: a `ValidationPipe` would take it for an empty object. */
export function applyPipes(
  args: readonly unknown[],
  metadata: readonly ArgumentMetadata[],
  pipes: readonly PipeTransform[],
): Promise<unknown[]> {
  return Promise.all(
    metadata.map(async (each, index) => {
      let value = args[index];
      if (value === undefined) return value;
      for (const pipe of pipes) value = await pipe.transform(value, each);
      return value;
    }),
  );
}
