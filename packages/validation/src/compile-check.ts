/** Compiles the check of a DTO class: from a plain value to an instance that class-validator accepts, or what is wrong with it. */
import {
  type Check,
  type Class,
  type Findings,
  isSingleObject,
  type TypeRef,
  type UnknownType,
  VALUE_KINDS,
  type ValueKind,
  type Violation,
} from '@concord-rpc/core';
import type { ValidationError } from 'class-validator';
import { type Acceptance, AcceptanceCompiler, PromisedVerdict } from './compile-acceptance';
import { classValidator } from './libraries';
import { emptyInstance, type ReadField, readShape } from './read-shape';

/** Checks a nested part and makes its instance; says whether anything about its structure is wrong. */
type Build = (value: unknown, path: string, findings: Findings) => unknown;

const OPTIONS = { forbidUnknownValues: true, validationError: { target: false, value: false } };

/**
 * A check of values of a class: known properties are copied into an instance (constructor defaults hold where one is missing),
 * unknown ones are left out and counted, then the whole is judged as class-validator does; its own texts say what is wrong.
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
      findings.violations.push({ path, message: 'could not be validated: a validator answered with a promise' });
    }
    return false; // a validator of the user's own that threw will do so again, and be reported
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

/** class-validator's tree of errors as one line a violation. */
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
    this.builds.set(type, build); // before its fields: a class may hold itself
    for (const field of readShape(type) ?? []) fields.set(field.name, { field, build: this.ofField(field) });
    return build;
  }

  private ofField(field: ReadField): Build | undefined {
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
    // class-validator takes one value where `each` says many
    if (!Array.isArray(value)) {
      findings.violations.push({ path, message: 'must be an array' });
      return value;
    }
    return item === undefined ? value : value.map((each: unknown, index) => item(each, `${path}[${index}]`, findings));
  };
}

/** class-validator has no decorator for bytes, and most of those for dates take other values too: these kinds are checked always. */
function objectCheck(type: TypeRef | UnknownType): Build | undefined {
  return type.kind === 'date' || type.kind === 'bytes' ? singleCheck(type) : undefined;
}

function singleCheck({ kind }: TypeRef | UnknownType): Build | undefined {
  return Object.hasOwn(VALUE_KINDS, kind) ? VALUE_KINDS[kind as ValueKind].check : undefined;
}

/** Whether a value has fields. Codecs make plain objects; what is none is looked at twice. */
function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.getPrototypeOf(value) === Object.prototype || !isSingleObject(value);
}
