/**
 * Compiles a fast check that mirrors class-validator: the same validators in the same order, found once per class instead of at each
 * call. After `false` the caller reports the violations, which also decides the cases that are not covered here.
 */
import { types } from 'node:util';
import type { Class } from '@concord-rpc/core';
import type { Predicate } from './decorators/own-predicates';
import type { Instances } from './instances';
import { type Property, type PropertyValidator, readProperties } from './read-properties';

/** Returns true if class-validator accepts the instance. After `false`, report its violations: the instance may still be valid. */
export type Acceptance = (instance: object) => boolean;

/** Returns whether a value of a property is accepted. */
type AcceptsValue = (value: unknown, object: object) => boolean;

/** The check of a field whose value can be checked before its instance is complete. */
export interface FieldCheck {
  /** True if the instances in its values, if any, are checked while they are built. */
  readonly standsAlone: boolean;
  /** `undefined` if the check may look at the instance, and has to wait until it is complete. */
  accepts: Predicate | undefined;
}

/** Returns whether an instance is accepted, of which `checked` fields were checked while it was built from the fields that are given. */
export type Judge = (instance: Record<string, unknown>, given: object, checked: number) => boolean;

const isEnumerable = Object.prototype.propertyIsEnumerable;

/** Compiles acceptance checks, one per class. */
export class AcceptanceCompiler {
  private readonly compiled = new Map<unknown, Acceptance>();
  private readonly properties = new Map<unknown, readonly Property[] | undefined>();

  /** `stated`: returns the fields of a class whose type `@Field` states, each with the visits of the instances in it. */
  constructor(private readonly stated: (type: Class) => ReadonlyMap<string, Instances | undefined> = () => new Map()) {}

  /** Returns the check of a class. The class of a nested instance is compiled at its first instance. */
  acceptance(type: Class): Acceptance {
    let acceptance = this.compiled.get(type);
    if (acceptance === undefined) this.compiled.set(type, (acceptance = this.compile(type)));
    return acceptance;
  }

  /** Returns whether class-validator accepts an instance of any class. */
  accepts(instance: object): boolean {
    return this.acceptance(instance.constructor as Class)(instance);
  }

  /** Returns the properties of a class that have validators; `undefined` if only class-validator itself can check the class. */
  propertiesOf(type: Class): readonly Property[] | undefined {
    if (!this.properties.has(type)) this.properties.set(type, readProperties(type, this.stated(type)));
    return this.properties.get(type);
  }

  /**
   * Returns the check of an instance whose fields were checked while it was built, and sets these checks. All its properties are checked after
   * that if reading them may give other values than those that were set.
   */
  judge(type: Class, fields: Readonly<Record<string, FieldCheck>>): Judge {
    const properties = this.propertiesOf(type);
    if (properties === undefined || !keepsFields(type, properties)) {
      return (instance) => isAccepted((each: object) => this.accepts(each), instance);
    }
    const early: { readonly name: string; readonly ofAny: AcceptsValue; readonly ofNone: Predicate }[] = [];
    const late: { readonly name: string; readonly accepts: AcceptsValue }[] = [];
    for (const property of properties) {
      const { name } = property;
      const field = fields[name];
      const accepts = this.ofProperty(property, type.name);
      const alone = field?.standsAlone ? ofValueAlone(property) : undefined;
      if (field === undefined || alone === undefined) late.push({ name, accepts });
      else early.push({ name, ofAny: accepts, ofNone: (field.accepts = alone) });
    }
    return (instance, given, checked) => {
      try {
        for (let index = 0; checked < early.length && index < early.length; index++) {
          const { name, ofAny, ofNone } = early[index]!;
          if (isEnumerable.call(given, name)) continue;
          const value = instance[name];
          if (!(value === undefined ? ofNone(value) : ofAny(value, instance))) return false;
        }
        for (let index = 0; index < late.length; index++) {
          const { name, accepts } = late[index]!;
          if (!accepts(instance[name], instance)) return false;
        }
        return true;
      } catch {
        return false;
      }
    };
  }

  private compile(type: Class): Acceptance {
    const properties = this.propertiesOf(type);
    if (properties === undefined) return () => false;
    const checks = properties.map((property) => ({ name: property.name, accepts: this.ofProperty(property, type.name) }));
    return (instance) => {
      for (let index = 0; index < checks.length; index++) {
        const { name, accepts } = checks[index]!;
        if (!accepts((instance as Record<string, unknown>)[name], instance)) return false;
      }
      return true;
    };
  }

  private ofProperty({ name, conditions, validators, nested, instances }: Property, targetName: string): AcceptsValue {
    const checks = validators.map((validator) => ofValidator(validator, name, targetName));
    if (nested !== undefined) checks.push((value) => value === undefined || this.acceptsNested(value));
    const accepts = allOf(checks);
    if (conditions.length === 0 && instances === undefined) return accepts;
    return (value, object) => {
      let applies = true;
      for (const condition of conditions) applies = condition(object, value) && applies;
      if (instances !== undefined && !instances(value, '', (instance) => this.accepts(instance))) return false;
      return !applies || accepts(value, object);
    };
  }

  private acceptsNested(value: unknown): boolean {
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        if (value[index] !== undefined && !this.acceptsNested(value[index])) return false;
      }
      return true;
    }
    if (!(value instanceof Object) || isCollection(value)) return false;
    return this.accepts(value);
  }
}

/**
 * Returns the check of a property whose verdict depends on its value alone, so that it can be checked before its instance is complete;
 * `undefined` if a condition or validator may look at the instance. Instances in the value are not checked.
 */
export function ofValueAlone({ conditions, onlyOptional, validators, nested, instances }: Property): Predicate | undefined {
  if (!onlyOptional || instances !== undefined || validators.some((each) => !looksAtValue(each))) return undefined;
  const checks: AcceptsValue[] = validators.map((validator) => ofValidator(validator, '', ''));
  if (nested !== undefined) checks.push((value) => value !== null);
  const accepts = allOf(checks) as Predicate;
  return conditions.length === 0 ? accepts : (value) => value === undefined || value === null || accepts(value);
}

function looksAtValue({ predicate, validateIf }: PropertyValidator): boolean {
  return predicate !== undefined && validateIf === undefined;
}

/** Returns the check of several checks, in order. */
function allOf(checks: readonly AcceptsValue[]): AcceptsValue {
  const [first, second] = checks;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (checks.length === 2) return (value, object) => first(value, object) && second(value, object);
  return (value, object) => {
    for (let index = 0; index < checks.length; index++) if (!checks[index]!(value, object)) return false;
    return true;
  };
}

function ofValidator(validator: PropertyValidator, property: string, targetName: string): AcceptsValue {
  const { validate, predicate, constraints, each, validateIf } = validator;
  const accepts: (value: unknown, object: object, whole: unknown) => boolean =
    predicate ?? ((item, object, value) => isYes(validate(item, { targetName, property, object, value, constraints })));
  const ofAll: AcceptsValue = each ? ofItems(accepts) : (predicate ?? ((value, object) => accepts(value, object, value)));
  return validateIf === undefined ? ofAll : (value, object) => !validateIf(object, value) || ofAll(value, object);
}

/** Returns the check of each item. Maps and Sets, which codecs do not carry, are left to the report. */
function ofItems(accepts: (item: unknown, object: object, whole: unknown) => boolean): AcceptsValue {
  return (value, object) => {
    if (!Array.isArray(value)) return !isCollection(value) && accepts(value, object, value);
    for (let index = 0; index < value.length; index++) if (!accepts(value[index], object, value)) return false;
    return true;
  };
}

/** Returns whether a check accepts a value. False if the check throws: the report then says so. */
export function isAccepted<T>(accepts: (value: T) => boolean, value: T): boolean {
  try {
    return accepts(value);
  } catch {
    return false;
  }
}

/** Returns whether instances keep the values of their fields as they are set: no field has a getter or setter. */
function keepsFields(type: Class, properties: readonly Property[]): boolean {
  const instance = emptyInstance(type);
  if (types.isProxy(instance) || instance.constructor !== type) return false;
  for (let owner: object | null = instance; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    for (const { name } of properties) {
      const { get, set } = Object.getOwnPropertyDescriptor(owner, name) ?? {};
      if (get !== undefined || set !== undefined) return false;
    }
  }
  return true;
}

/** Returns an instance as the constructor makes it, with field defaults; one with only the prototype if the constructor requires arguments. */
export function emptyInstance(type: Class): object {
  try {
    return new (type as unknown as new () => object)();
  } catch {
    return Object.create(type.prototype as object);
  }
}

/** Returns whether `each` and `@ValidateNested()` of class-validator visit the items of a value. */
export function isCollection(value: unknown): value is readonly unknown[] | Set<unknown> | Map<unknown, unknown> {
  return Array.isArray(value) || value instanceof Set || value instanceof Map;
}

/**
 * Returns true for a truthy verdict.
 *
 * @throws PromisedVerdict for a promise: class-validator's synchronous check would accept it as truthy.
 */
export function isYes(verdict: unknown): boolean {
  if (typeof verdict === 'object' && verdict !== null && typeof (verdict as { then?: unknown }).then === 'function') {
    throw new PromisedVerdict();
  }
  return Boolean(verdict);
}

/** Thrown if a validator returned a promise. Arguments are checked synchronously, so its verdict would come too late. */
export class PromisedVerdict extends Error {}
