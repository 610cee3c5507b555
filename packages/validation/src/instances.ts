/** Finds the instances of DTO classes in the values of stated types, so that class-validator validates them too. */
import { formOf, formsOf, type TypeRef } from '@concord-rpc/core/engine';

/** Visits an instance; returns false to end the visits. */
export type VisitInstance = (instance: object, path: string) => boolean;

/** Visits the instances in a value of one type, in order, until a visit returns false; returns false then. */
export type Instances = (value: unknown, path: string, visit: VisitInstance) => boolean;

/** Compiles the visits of a type; `undefined` if no value of it contains an instance. */
export function compileInstances(type: TypeRef): Instances | undefined {
  switch (type.kind) {
    case 'class':
    case 'tagged':
      return (value, path, visit) => !(value instanceof Object) || visit(value, path);
    case 'nullable':
      return compileInstances(type.of);
    case 'union':
      return ofKinds(type.members);
    case 'array':
      return ofParts(compileInstances(type.items), (key) => `[${key}]`);
    case 'record':
      return ofParts(compileInstances(type.values), (key) => `.${key}`);
    default:
      return undefined;
  }
}

function ofKinds(members: readonly TypeRef[]): Instances | undefined {
  const byForm = new Map<string, Instances>();
  for (const member of members) {
    const instances = compileInstances(member);
    if (instances !== undefined) for (const form of formsOf(member) ?? []) byForm.set(form, instances);
  }
  return byForm.size === 0 ? undefined : (value, path, visit) => byForm.get(formOf(value))?.(value, path, visit) ?? true;
}

function ofParts(part: Instances | undefined, suffix: (key: string) => string): Instances | undefined {
  if (part === undefined) return undefined;
  return (value, path, visit) => {
    if (typeof value !== 'object' || value === null) return true;
    return Object.entries(value).every(([key, each]) => part(each, `${path}${suffix(key)}`, visit));
  };
}
