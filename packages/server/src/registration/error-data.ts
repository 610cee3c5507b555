/** Extracts the declared fields of a thrown error, and those of its nested DTOs. No other property leaves the process. */
import type { Class } from '@concord-rpc/core';
import {
  type Contract,
  declaredParts,
  formOf,
  formsOf,
  requireTag,
  type TaggedUnion,
  type TypeRef,
} from '@concord-rpc/core/engine';

/** Returns the declared fields of a value as plain data. Throws what a getter throws, and if the value contains itself. */
export type ErrorProjection = (value: unknown, depth: number) => unknown;

/** Deepest nesting of a value that can be sent. */
const DEEPEST = 64;

/** Compiles the projection of an error class. Called once, at registration. */
export function compileErrorProjection(type: Class, dtos: Contract['dtos']): ErrorProjection {
  return new ProjectionCompiler(dtos).ofClass(type);
}

class ProjectionCompiler {
  private readonly projections = new Map<Class, ErrorProjection>();

  constructor(private readonly dtos: Contract['dtos']) {}

  ofClass(type: Class): ErrorProjection {
    const known = this.projections.get(type);
    if (known !== undefined) return known;
    const fields: { readonly name: string; readonly project: ErrorProjection | undefined }[] = [];
    const projection: ErrorProjection = (value, depth) => {
      if (typeof value !== 'object' || value === null) return value;
      if (depth > DEEPEST) throw new Error(`nested deeper than ${DEEPEST} levels`);
      const data: Record<string, unknown> = {};
      for (const { name, project } of fields) {
        const part = (value as Record<string, unknown>)[name];
        if (part !== undefined) data[name] = project === undefined ? part : project(part, depth + 1);
      }
      return data;
    };
    this.projections.set(type, projection); // before its fields, because a class may contain itself
    for (const field of this.dtos.get(type)!.fields) fields.push({ name: field.name, project: this.ofType(field.type) });
    return projection;
  }

  private ofKinds(members: readonly TypeRef[]): ErrorProjection | undefined {
    const byForm = new Map(members.flatMap((member) => formsOf(member)!.map((form) => [form, this.ofType(member)] as const)));
    return (value, depth) => byForm.get(formOf(value))?.(value, depth) ?? value;
  }

  private ofRecord(value: ErrorProjection | undefined): ErrorProjection | undefined {
    if (value === undefined) return undefined;
    return (record, depth) => {
      if (typeof record !== 'object' || record === null) return record;
      return Object.fromEntries(Object.entries(record).map(([key, each]) => [key, value(each, depth + 1)]));
    };
  }

  private ofUnion(union: TaggedUnion): ErrorProjection {
    const members = new Map(union.members.map(({ name, type }) => [name, this.ofClass(type)]));
    return (value, depth) => {
      if (typeof value !== 'object' || value === null) return value;
      const tag = requireTag(union, value);
      return { ...(members.get(tag)!(value, depth) as object), [union.property]: tag };
    };
  }

  private ofType(type: TypeRef): ErrorProjection | undefined {
    if (type.kind === 'schema') return (value) => declaredParts(value, type.document);
    if (type.kind === 'class') return this.ofClass(type.type);
    if (type.kind === 'tagged') return this.ofUnion(type);
    if (type.kind === 'union') return this.ofKinds(type.members);
    if (type.kind === 'nullable') return this.ofType(type.of);
    if (type.kind === 'record') return this.ofRecord(this.ofType(type.values));
    const item = type.kind === 'array' ? this.ofType(type.items) : undefined;
    if (item === undefined) return undefined;
    return (value, depth) => (Array.isArray(value) ? value.map((each) => item(each, depth + 1)) : value);
  }
}
