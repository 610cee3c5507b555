/** Compiles the check of a DTO class, which turns a plain value into a validated instance or reports its violations. */

import type { Class } from '@concord-rpc/core';
import {
  type Check,
  type Findings,
  isSingleObject,
  type TypeRef,
  type UnknownType,
  VALUE_KINDS,
  type ValueKind,
  type Violation,
} from '@concord-rpc/core/engine';
import type { ValidationError } from 'class-validator';
import { type Acceptance, AcceptanceCompiler, emptyInstance, PromisedVerdict } from './compile-acceptance';
import { classValidator } from './libraries';
import { type ReadField, readShape } from './read-shape';

/** Builds the instance of a value and reports structural violations, such as a missing object. */
type Build = (value: unknown, path: string, findings: Findings) => unknown;

const OPTIONS = { forbidUnknownValues: true, validationError: { target: false, value: false } };

/**
 * Compiles the check of a class. The check copies known properties into an instance, keeps the constructor's defaults for missing ones,
 * drops and counts unknown ones, and then validates the instance. Violations carry class-validator's messages.
 */
export function compileCheck(type: Class): Check {
  const build = new BuildCompiler().ofClass(type);
  const accepts = new AcceptanceCompiler().acceptance(type);
  return (value, path, findings) => {
    const before = findings.violations.length;
    const instance = build(value, path, findings);
    if (findings.violations.length === before && isAccepted(accepts, instance as object, path, findings)) return instance;
    const structural = findings.violations.slice(before).map((violation) => violation.path);
    if (typeof instance !== 'object' || instance === null || structural.includes(path)) return instance;
    for (const violation of validate(instance, path)) {
      if (!structural.some((known) => violation.path.startsWith(known))) findings.violations.push(violation);
    }
    return instance;
  };
}

function isAccepted(accepts: Acceptance, instance: object, path: string, findings: Findings): boolean {
  try {
    return accepts(instance);
  } catch (thrown) {
    if (thrown instanceof PromisedVerdict) {
      findings.violations.push({
        path,
        message: 'could not be validated: a validator returned a promise; validators must be synchronous',
      });
    }
    return false; // a custom validator threw; it throws again in validate(), which reports it
  }
}

function validate(instance: object, path: string): Violation[] {
  try {
    return classValidator()
      .validateSync(instance, OPTIONS)
      .flatMap((error) => flatten(error, path));
  } catch {
    return [{ path, message: 'could not be validated: a validator threw' }];
  }
}

/** Flattens class-validator's tree of errors into violations. */
function flatten(error: ValidationError, parent: string): Violation[] {
  const path = /^\d+$/.test(error.property) ? `${parent}[${error.property}]` : `${parent}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ path, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, path))];
}

class BuildCompiler {
  private readonly builds = new Map<Class, Build>();

  ofClass(type: Class): Build {
    const known = this.builds.get(type);
    if (known !== undefined) return known;
    const fields = new Map<string, { field: ReadField; build: Build | undefined }>();
    const build: Build = (value, path, findings) => {
      if (!isRecord(value)) {
        findings.violations.push({ path, message: 'must be an object' });
        return value;
      }
      const instance = emptyInstance(type) as Record<string, unknown>;
      for (const key of Object.keys(value)) {
        const known = fields.get(key);
        if (known === undefined) findings.stripped++;
        else {
          const part = value[key];
          instance[key] = known.build === undefined || part === null ? part : known.build(part, `${path}.${key}`, findings);
        }
      }
      for (const { field } of fields.values()) {
        if (field.nested && !field.optional && (instance[field.name] === undefined || instance[field.name] === null)) {
          findings.violations.push({ path: `${path}.${field.name}`, message: 'is required' });
        }
      }
      return instance;
    };
    this.builds.set(type, build); // registered before its fields are read, because a class may contain itself
    for (const field of readShape(type) ?? []) fields.set(field.name, { field, build: this.ofField(field) });
    return build;
  }

  private ofField(field: ReadField): Build | undefined {
    const { enumNames } = field;
    const build = this.ofValue(field);
    if (enumNames === undefined) return build;
    return (value, path, findings) => {
      const isName = Array.isArray(value) ? value.some((item) => enumNames.has(item)) : enumNames.has(value);
      if (!isName) return build === undefined ? value : build(value, path, findings);
      findings.violations.push({ path, message: 'must hold values of the enum, not their names' });
      return value;
    };
  }

  private ofValue(field: ReadField): Build | undefined {
    const { type, nested } = field;
    if (type.kind === 'array') return arrayOf(nested ? this.ofType(type.items) : objectCheck(type.items));
    if (nested) return this.ofType(type);
    return field.typeUnguarded ? singleCheck(type) : objectCheck(type);
  }

  private ofType(type: TypeRef | UnknownType): Build | undefined {
    return type.kind === 'class' ? this.ofClass(type.type) : undefined;
  }
}

function arrayOf(item: Build | undefined): Build {
  return (value, path, findings) => {
    // with `each`, class-validator also accepts a single value
    if (!Array.isArray(value)) {
      findings.violations.push({ path, message: 'must be an array' });
      return value;
    }
    return item === undefined ? value : value.map((each: unknown, index) => item(each, `${path}[${index}]`, findings));
  };
}

/** Returns a check for dates and bytes: class-validator has none for bytes, and its date decorators accept other values too. */
function objectCheck(type: TypeRef | UnknownType): Build | undefined {
  return type.kind === 'date' || type.kind === 'bytes' ? singleCheck(type) : undefined;
}

function singleCheck({ kind }: TypeRef | UnknownType): Build | undefined {
  return Object.hasOwn(VALUE_KINDS, kind) ? VALUE_KINDS[kind as ValueKind].check : undefined;
}

/** Returns true if a value has fields. Codecs produce plain objects, so other objects take the slower test. */
function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.getPrototypeOf(value) === Object.prototype || !isSingleObject(value);
}
