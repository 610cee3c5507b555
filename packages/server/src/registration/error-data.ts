/** Takes out of a thrown error what its class declares: its decorated fields, and of nested DTOs theirs. Nothing else leaves the process. */
import { type Class, type Contract, type TypeRef } from '@concord-rpc/core';

/** What of a value is declared, as plain data. Throws what a getter of the value throws, and where the value contains itself. */
export type Projection = (value: unknown, depth: number) => unknown;

/** Deeper values cannot be sent anyway. */
const DEEPEST = 64;

/** Compiles the projection on the declared fields of a class, once, at registration. */
export function compileProjection(type: Class, dtos: Contract['dtos']): Projection {
  return new ProjectionCompiler(dtos).ofClass(type);
}

class ProjectionCompiler {
  private readonly projections = new Map<Class, Projection>();

  constructor(private readonly dtos: Contract['dtos']) {}

  ofClass(type: Class): Projection {
    const known = this.projections.get(type);
    if (known !== undefined) return known;
    const fields: { readonly name: string; readonly project: Projection | undefined }[] = [];
    const projection: Projection = (value, depth) => {
      if (typeof value !== 'object' || value === null) return value;
      if (depth > DEEPEST) throw new Error(`nested deeper than ${DEEPEST} levels`);
      const data: Record<string, unknown> = {};
      for (const { name, project } of fields) {
        const part = (value as Record<string, unknown>)[name];
        if (part !== undefined) data[name] = project === undefined ? part : project(part, depth + 1);
      }
      return data;
    };
    this.projections.set(type, projection); // before its fields: a class may hold itself
    for (const field of this.dtos.get(type)!.fields) fields.push({ name: field.name, project: this.ofType(field.type) });
    return projection;
  }

  private ofType(type: TypeRef): Projection | undefined {
    if (type.kind === 'class') return this.ofClass(type.type);
    const item = type.kind === 'array' ? this.ofType(type.items) : undefined;
    if (item === undefined) return undefined;
    return (value, depth) => (Array.isArray(value) ? value.map((each) => item(each, depth + 1)) : value);
  }
}
