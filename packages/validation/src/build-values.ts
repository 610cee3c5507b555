/** Compiles the building of values that are no single class: fields of every type, arrays, and unions. */

import type { Class } from '@concord-rpc/core';
import {
  type CodecName,
  checkItems,
  compileLimitCheck,
  compileTypeCheck,
  type Findings,
  isRecord,
  memberNamed,
  presentType,
  type TaggedMember,
  type TaggedUnion,
  type TypeRef,
  type UnknownType,
  VALUE_KINDS,
  type ValueKind,
} from '@concord-rpc/core/engine';
import { type ReadField, readShape } from './read-shape';

/** Builds the instance of a value and reports structural violations, such as a missing object. */
export type Build = (value: unknown, path: string, findings: Findings) => unknown;

/** Returns the function that builds a class. `isJudged`: it also checks the instance. */
export type ClassBuild = (type: Class, isJudged: boolean) => Build;

/** Compiles the building of the values of fields. */
export class ValueBuilds {
  constructor(
    private readonly ofClass: ClassBuild,
    private readonly codec: CodecName,
  ) {}

  /** Returns the function that builds values of a type; `undefined` for types that are not built. */
  private ofType(type: TypeRef | UnknownType, isJudged: boolean): Build | undefined {
    if (type.kind === 'tagged') return this.ofUnion(type);
    return type.kind === 'class' ? this.ofClass(type.type, isJudged) : undefined;
  }

  /** Returns the function that builds the member that the discriminator names. */
  ofUnion(union: TaggedUnion): Build {
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
    const build = this.ofClass(type, false);
    if ((readShape(type) ?? []).some(({ name }) => name === property)) return build;
    return (value, path, findings) => {
      const { [property]: tag, ...fields } = value as Readonly<Record<string, unknown>>;
      const instance = build(fields, path, findings) as Record<string, unknown>;
      if (keepsTag) instance[property] = tag;
      return instance;
    };
  }

  /** Returns the function that builds the values of a field; `undefined` if they stay as they are. `isJudged`: it also checks instances in them. */
  ofField(field: ReadField, isJudged: boolean): Build | undefined {
    const { enumNames } = field;
    const build = this.ofValue(field, isJudged);
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
      { compile: (each) => (typeof each === 'function' ? this.ofClass(each, false) : this.ofUnion(each)) },
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

  private ofValue(field: ReadField, isJudged: boolean): Build | undefined {
    const { nested } = field;
    if (field.isStated) return this.ofStated(field);
    const type = field.type.kind === 'unknown' ? field.type : presentType(field.type);
    if (type.kind === 'array')
      return arrayOf(nested ? this.ofType(type.items, isJudged) : objectCheck(type.items), field.longest);
    if (nested) return this.ofType(type, isJudged);
    return field.typeUnguarded ? singleCheck(type) : objectCheck(type);
  }
}

/** Returns whether values of a type that are no arrays, or their items, are of one class. */
export function holdsClass(type: TypeRef | UnknownType): boolean {
  const present = type.kind === 'unknown' ? type : presentType(type);
  return present.kind === 'class' || (present.kind === 'array' && present.items.kind === 'class');
}

/** Reports a value that is no object. */
export function notAnObject(value: unknown, path: string, findings: Findings): unknown {
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
