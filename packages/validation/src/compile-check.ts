/** Compiles the check of a DTO class, which turns a plain value into a validated instance or reports its violations. */

import type { Class } from '@concord-rpc/core';
import {
  type Check,
  type CodecName,
  carriedType,
  extendPaths,
  type Findings,
  isRecord,
  MOST_VIOLATIONS,
  type TaggedUnion,
  takesNull,
} from '@concord-rpc/core/engine';
import { type Build, holdsClass, notAnObject, ValueBuilds } from './build-values';
import { AcceptanceCompiler, emptyInstance, type FieldCheck, isAccepted, PromisedVerdict } from './compile-acceptance';
import { compileInstances, type Instances } from './instances';
import { readShape } from './read-shape';
import { ViolationReport } from './report-violations';
import { acceptsNothing } from './stated-field';

/**
 * Compiles the check of a class or a union of classes. The check copies known properties into an instance, keeps the constructor's defaults for missing ones,
 * drops and counts unknown ones, and then validates the instance. Violations carry class-validator's messages. Values whose structure is
 * wrong are not validated, and the check ends once the request has enough violations.
 */
export function compileCheck(type: Class | TaggedUnion, codec: CodecName = 'json'): Check {
  const compiler = new AcceptanceCompiler(statedInstances);
  const builds = new ClassBuilds(compiler, codec);
  const isClass = typeof type === 'function';
  const build = isClass ? builds.ofClass(type, true) : builds.values.ofUnion(type);
  const { verdict } = builds;
  return (value, path, findings) => {
    const { violations } = findings;
    const before = violations.length;
    const outer = verdict.isRefused; // that of a check during which a validator began this one
    verdict.isRefused = false;
    const instance = build(value, path, findings);
    const isRefused =
      verdict.isRefused ||
      violations.length > before ||
      (!isClass && !isAccepted((each: object) => compiler.accepts(each), instance as object));
    verdict.isRefused = outer;
    if (isRefused && typeof instance === 'object' && instance !== null) report(compiler, instance, { path, findings, before });
    return instance;
  };
}

/** Returns the fields of a class whose type `@Field` states, each with the visits of the instances in it. */
function statedInstances(type: Class): ReadonlyMap<string, Instances | undefined> {
  const stated = (readShape(type) ?? []).filter(({ isStated }) => isStated);
  return new Map(stated.map((field) => [field.name, field.type.kind === 'unknown' ? undefined : compileInstances(field.type)]));
}

/** Reports the violations of an instance, except under paths that have violations already: the structure there is wrong. */
function report(
  compiler: AcceptanceCompiler,
  instance: object,
  { path, findings, before }: { readonly path: string; readonly findings: Findings; readonly before: number },
): void {
  const { violations } = findings;
  const structural = violations.length;
  const known = new Set(violations.slice(before).map((violation) => violation.path));
  if (known.has(path)) return;
  try {
    new ViolationReport(compiler, findings, known).ofInstance(instance, path);
  } catch (thrown) {
    violations.length = structural;
    const why =
      thrown instanceof PromisedVerdict ? 'a validator returned a promise; validators must be synchronous' : 'a validator threw';
    violations.push({ path, message: `could not be validated: ${why}` });
  }
}

/** A field of a class that is built. */
interface BuiltField extends FieldCheck {
  /** `undefined` if values stay as they are. */
  readonly build: Build | undefined;
}

/** Compiles the building of classes. */
class ClassBuilds {
  /** True if a validator has refused an instance of the check that runs. */
  readonly verdict = { isRefused: false };
  readonly values: ValueBuilds;
  private readonly judged = new Map<Class, Build>();
  private readonly unjudged = new Map<Class, Build>();

  constructor(
    private readonly acceptances: AcceptanceCompiler,
    private readonly codec: CodecName,
  ) {
    this.values = new ValueBuilds((type, isJudged) => this.ofClass(type, isJudged), codec);
  }

  /** Returns the function that builds a class. `isJudged`: it also validates the instance and those in it, which sets the verdict. */
  ofClass(type: Class, isJudged: boolean): Build {
    const builds = isJudged ? this.judged : this.unjudged;
    const known = builds.get(type);
    if (known !== undefined) return known;
    const { verdict } = this;
    const fields: Record<string, BuiltField> = Object.create(null);
    /** The required fields whose presence no validator checks. */
    const demanded: { readonly name: string; readonly takesNull: boolean }[] = [];
    /** The fields whose schemas can have a default. */
    const defaulted: { readonly name: string; readonly build: Build }[] = [];
    const build: Build = (value, path, findings) => {
      if (!isRecord(value)) return notAnObject(value, path, findings);
      const { violations } = findings;
      const instance = emptyInstance(type) as Record<string, unknown>;
      const given = ownFields(value);
      let accepts = judge !== undefined && !verdict.isRefused && violations.length === 0;
      let checked = 0;
      for (const key in given) {
        const field = fields[key];
        if (field === undefined) {
          findings.stripped++;
          continue;
        }
        let part = given[key];
        if (field.build !== undefined && part !== null) {
          const before = violations.length;
          if (before >= MOST_VIOLATIONS) return instance;
          part = field.build(part, path, findings);
          if (violations.length > before) extendPaths(violations, before, path, `.${key}`);
        }
        instance[key] = part;
        if (accepts && field.accepts !== undefined) {
          accepts = isAccepted(field.accepts, part);
          checked++;
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
        violations.push({ path: `${path}.${name}`, message: part === null ? 'must not be null' : 'is required' });
      }
      if (judge !== undefined && !(accepts && violations.length === 0 && judge(instance, given, checked)))
        verdict.isRefused = true;
      return instance;
    };
    builds.set(type, build); // registered before its fields are read, because a class may contain itself
    for (const read of readShape(type) ?? []) {
      const field = { ...read, type: carriedType(read.type, this.codec) };
      const { name, nested, isStated, optional } = field;
      const holdsJudged = isJudged && nested && holdsClass(field.type);
      const ofValue = this.values.ofField(field, holdsJudged);
      fields[name] = { build: ofValue, standsAlone: !isStated && (!nested || holdsJudged), accepts: undefined };
      if (ofValue !== undefined && acceptsNothing(field.type)) defaulted.push({ name, build: ofValue });
      if ((nested || isStated) && !optional)
        demanded.push({ name, takesNull: field.type.kind !== 'unknown' && takesNull(field.type) });
    }
    const judge = isJudged ? this.acceptances.judge(type, fields) : undefined;
    return build;
  }
}

const PLAIN = Object.prototype;

/** Returns an object in which a loop finds only a value's own fields: the value itself if it is plain. A list of its keys would be slower. */
function ownFields(value: Record<string, unknown>): Record<string, unknown> {
  if (Object.getPrototypeOf(value) === PLAIN && !isExtended(PLAIN)) return value;
  return Object.assign(Object.create(null) as Record<string, unknown>, value);
}

/** Returns whether the program has given a field to every object. */
function isExtended(prototype: object): boolean {
  for (const _key in prototype) return true;
  return false;
}
