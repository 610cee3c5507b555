/** Compiles the check of a DTO class, which turns a plain value into a validated instance or reports its violations. */

import type { Class } from '@concord-rpc/core';
import {
  type Check,
  type CodecName,
  carriedType,
  checkItems,
  compileLimitCheck,
  compileTypeCheck,
  type Findings,
  isSingleObject,
  MOST_VIOLATIONS,
  memberNamed,
  presentType,
  type TaggedMember,
  type TaggedUnion,
  type TypeRef,
  takesNull,
  type UnknownType,
  VALUE_KINDS,
  type ValueKind,
} from '@concord-rpc/core/engine';
import { type Acceptance, AcceptanceCompiler, emptyInstance, PromisedVerdict } from './compile-acceptance';
import { compileInstances, type Instances } from './instances';
import { type ReadField, readShape } from './read-shape';
import { ViolationReport } from './report-violations';
import { acceptsNothing } from './stated-field';

/** Builds the instance of a value and reports structural violations, such as a missing object. */
type Build = (value: unknown, path: string, findings: Findings) => unknown;

/**
 * Compiles the check of a class or a union of classes. The check copies known properties into an instance, keeps the constructor's defaults for missing ones,
 * drops and counts unknown ones, and then validates the instance. Violations carry class-validator's messages. Values whose structure is
 * wrong are not validated, and the check ends once the request has enough violations.
 */
export function compileCheck(type: Class | TaggedUnion, codec: CodecName = 'json'): Check {
  const isClass = typeof type === 'function';
  const build = new BuildCompiler(codec).ofType(isClass ? { kind: 'class', type } : type)!;
  const compiler = new AcceptanceCompiler(statedInstances);
  const accepts: Acceptance = isClass ? compiler.acceptance(type) : (instance) => compiler.accepts(instance);
  return (value, path, findings) => {
    const { violations } = findings;
    const before = violations.length;
    const instance = build(value, path, findings);
    if (violations.length === before) {
      if (!isAccepted(accepts, instance as object)) report(compiler, instance as object, path, findings);
    } else if (typeof instance === 'object' && instance !== null) report(compiler, instance, path, findings);
    return instance;
  };
}

/** Returns the fields of a class whose type `@Field` states, each with the visits of the instances in it. */
function statedInstances(type: Class): ReadonlyMap<string, Instances | undefined> {
  const stated = (readShape(type) ?? []).filter(({ isStated }) => isStated);
  return new Map(stated.map((field) => [field.name, field.type.kind === 'unknown' ? undefined : compileInstances(field.type)]));
}

function isAccepted(accepts: Acceptance, instance: object): boolean {
  try {
    return accepts(instance);
  } catch {
    return false; // the validator throws, or returns a promise, again in the report
  }
}

/** Reports the violations of an instance, except under paths that have violations already: the structure there is wrong. */
function report(compiler: AcceptanceCompiler, instance: object, path: string, findings: Findings): void {
  const { violations } = findings;
  const before = violations.length;
  const known = new Set(violations.map((violation) => violation.path));
  if (known.has(path)) return;
  try {
    new ViolationReport(compiler, findings, known).ofInstance(instance, path);
  } catch (thrown) {
    violations.length = before;
    const why =
      thrown instanceof PromisedVerdict ? 'a validator returned a promise; validators must be synchronous' : 'a validator threw';
    violations.push({ path, message: `could not be validated: ${why}` });
  }
}

class BuildCompiler {
  private readonly builds = new Map<Class, Build>();

  constructor(private readonly codec: CodecName) {}

  /** Returns the function that builds values of a type; `undefined` for types that are not built. */
  ofType(type: TypeRef | UnknownType): Build | undefined {
    if (type.kind === 'tagged') return this.ofUnion(type);
    return type.kind === 'class' ? this.ofClass(type.type) : undefined;
  }

  /** Returns the function that builds the member that the discriminator names. */
  private ofUnion(union: TaggedUnion): Build {
    const { property, keepsTag } = union;
    const builds = new Map<TaggedMember, Build>();
    return (value, path, findings) => {
      if (!isRecord(value)) return notAnObject(value, path, findings);
      const member = memberNamed(union, value, path, findings);
      if (member === undefined) return value;
      let build = builds.get(member);
      if (build === undefined) builds.set(member, (build = this.ofMember(member.type, property, keepsTag)));
      return build(value, path, findings);
    };
  }

  /** Returns the function that builds a class whose values have a discriminator beside its fields. */
  private ofMember(type: Class, property: string, keepsTag: boolean): Build {
    const build = this.ofClass(type);
    if ((readShape(type) ?? []).some(({ name }) => name === property)) return build;
    return (value, path, findings) => {
      const { [property]: tag, ...fields } = value as Readonly<Record<string, unknown>>;
      const instance = build(fields, path, findings) as Record<string, unknown>;
      if (keepsTag) instance[property] = tag;
      return instance;
    };
  }

  private ofClass(type: Class): Build {
    const known = this.builds.get(type);
    if (known !== undefined) return known;
    const fields = new Map<string, { readonly build: Build | undefined }>();
    /** The required fields whose presence no validator checks. */
    const demanded: { readonly name: string; readonly takesNull: boolean }[] = [];
    /** The fields whose schemas can have a default. */
    const defaulted: { readonly name: string; readonly build: Build }[] = [];
    const build: Build = (value, path, findings) => {
      if (!isRecord(value)) return notAnObject(value, path, findings);
      const instance = emptyInstance(type) as Record<string, unknown>;
      for (const key of Object.keys(value)) {
        if (findings.violations.length >= MOST_VIOLATIONS) return instance; // spelled out, because it runs for every field
        const known = fields.get(key);
        if (known === undefined) findings.stripped++;
        else {
          const part = value[key];
          instance[key] = known.build === undefined || part === null ? part : known.build(part, `${path}.${key}`, findings);
        }
      }
      for (const { name, build: ofMissing } of defaulted) {
        if (instance[name] !== undefined) continue;
        const value = ofMissing(undefined, `${path}.${name}`, findings);
        if (value !== undefined) instance[name] = value;
      }
      for (const { name, takesNull: hasNull } of demanded) {
        const part = instance[name];
        if (part !== undefined && (part !== null || hasNull)) continue;
        findings.violations.push({ path: `${path}.${name}`, message: part === null ? 'must not be null' : 'is required' });
      }
      return instance;
    };
    this.builds.set(type, build); // registered before its fields are read, because a class may contain itself
    for (const read of readShape(type) ?? []) {
      const field = { ...read, type: carriedType(read.type, this.codec) };
      const { name, nested, isStated, optional } = field;
      const ofValue = this.ofField(field);
      fields.set(name, { build: ofValue });
      if (ofValue !== undefined && acceptsNothing(field.type)) defaulted.push({ name, build: ofValue });
      if ((nested || isStated) && !optional)
        demanded.push({ name, takesNull: field.type.kind !== 'unknown' && takesNull(field.type) });
    }
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

  private ofStated({ type, limits }: ReadField): Build | undefined {
    if (type.kind === 'unknown') return undefined; // the contract refuses the field
    const check = compileTypeCheck(
      type,
      { compile: (each) => (typeof each === 'function' ? this.ofClass(each) : this.ofUnion(each)) },
      this.codec,
    );
    if (limits === undefined) return check;
    const checkLimits = compileLimitCheck(limits);
    return (value, path, findings) => {
      const before = findings.violations.length;
      checkLimits(value, path, findings);
      // the limits of an array come first: an array with too many items is refused before they are built
      return findings.violations.length > before && Array.isArray(value) ? value : check(value, path, findings);
    };
  }

  private ofValue(field: ReadField): Build | undefined {
    const { nested } = field;
    if (field.isStated) return this.ofStated(field);
    const type = field.type.kind === 'unknown' ? field.type : presentType(field.type);
    if (type.kind === 'array') return arrayOf(nested ? this.ofType(type.items) : objectCheck(type.items), field.longest);
    if (nested) return this.ofType(type);
    return field.typeUnguarded ? singleCheck(type) : objectCheck(type);
  }
}

function notAnObject(value: unknown, path: string, findings: Findings): unknown {
  findings.violations.push({ path, message: 'must be an object' });
  return value;
}

/** Returns the check of an array. One with too many items is refused before its items are built. */
function arrayOf(item: Build | undefined, longest: ReadField['longest']): Build {
  return (value, path, findings) => {
    // with `each`, class-validator also accepts a single value
    if (!Array.isArray(value)) {
      findings.violations.push({ path, message: 'must be an array' });
      return value;
    }
    if (longest !== undefined && value.length > longest.items) {
      findings.violations.push({ path, message: longest.message(value) });
      return value;
    }
    return item === undefined ? value : checkItems(value, item, path, findings);
  };
}

/** The kinds whose values are objects, or sent as text. */
const CONVERTED: ReadonlySet<string> = new Set(['date', 'dateText', 'int64', 'bytes']);

/** Returns a check for dates and bytes: class-validator has none for bytes, and its date decorators accept other values too. */
function objectCheck(type: TypeRef | UnknownType): Build | undefined {
  return CONVERTED.has(type.kind) ? singleCheck(type) : undefined;
}

function singleCheck({ kind }: TypeRef | UnknownType): Build | undefined {
  return Object.hasOwn(VALUE_KINDS, kind) ? VALUE_KINDS[kind as ValueKind].check : undefined;
}

/** Returns true if a value has fields. Codecs produce plain objects, so other objects take the slower test. */
function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.getPrototypeOf(value) === Object.prototype || !isSingleObject(value);
}
