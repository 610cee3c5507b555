/**
 * Compiles a fast check that mirrors class-validator: the same validators in the same order, found once per class instead of at each
 * call. After `false` the caller reports the violations, which also decides the cases that are not covered here.
 */
import type { Class } from '@concord-rpc/core';
import { type ConstraintInstance, constraintsOf, type PropertyMetadata, propertyMetadata } from './decorators/libraries';
import { uniqueList } from './decorators/unique-list';
import type { Instances } from './instances';

/** Returns true if class-validator accepts the instance. After `false`, report its violations: the instance may still be valid. */
export type Acceptance = (instance: object) => boolean;

type Condition = (object: unknown, value: unknown) => boolean;
type Validate = (value: unknown, args: object) => unknown;

/** The validators of one property. */
export interface Property {
  readonly name: string;
  readonly conditions: readonly Condition[];
  readonly validators: readonly PropertyValidator[];
  /** The decorator `@ValidateNested()`, if the property has it. */
  readonly nested: PropertyMetadata | undefined;
  /** Finds the instances in its value, if `@Field` states a type with classes. */
  readonly instances: Instances | undefined;
}

/** One validator of a property. */
export interface PropertyValidator {
  readonly validate: Validate;
  readonly constraints: readonly unknown[] | undefined;
  readonly each: boolean;
  readonly validateIf: Condition | undefined;
  /** The kind of its violations: class-validator reports one of each kind. */
  readonly kind: string;
  readonly metadata: PropertyMetadata;
  readonly instance: ConstraintInstance;
}

const CONDITION = 'conditionalValidation';
const NESTED = 'nestedValidation';
/** The kinds of validators, in the order in which class-validator runs them. */
const RUN = ['isDefined', 'customValidation'];
const KNOWN = new Set([CONDITION, NESTED, 'whitelistValidation', ...RUN]);

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

  private compile(type: Class): Acceptance {
    const properties = this.propertiesOf(type);
    if (properties === undefined) return () => false;
    const targetName = type.name;
    return (instance) => {
      for (const property of properties) {
        const value = (instance as Record<string, unknown>)[property.name];
        if (!this.acceptsProperty(instance, value, property, targetName)) return false;
      }
      return true;
    };
  }

  private acceptsProperty(object: object, value: unknown, property: Property, targetName: string): boolean {
    let applies = true;
    for (const condition of property.conditions) applies = condition(object, value) && applies;
    if (property.instances !== undefined && !property.instances(value, '', (instance) => this.accepts(instance))) return false;
    if (!applies) return true;
    for (const validator of property.validators) {
      if (validator.validateIf !== undefined && !validator.validateIf(object, value)) continue;
      const args = { targetName, property: property.name, object, value, constraints: validator.constraints };
      if (validator.each && isCollection(value)) {
        if (!Array.isArray(value)) return false;
        for (const item of value) if (!isYes(validator.validate(item, args))) return false;
      } else if (!isYes(validator.validate(value, args))) return false;
    }
    return property.nested === undefined || value === undefined || this.acceptsNested(value);
  }

  private acceptsNested(value: unknown): boolean {
    if (Array.isArray(value)) return value.every((item) => item === undefined || this.acceptsNested(item));
    if (!(value instanceof Object) || isCollection(value)) return false;
    return this.accepts(value);
  }
}

/** Returns an instance as the constructor makes it, with field defaults; one with only the prototype if the constructor requires arguments. */
export function emptyInstance(type: Class): object {
  try {
    return Reflect.construct(type as unknown as new () => object, []);
  } catch {
    return Object.create(type.prototype as object);
  }
}

/** Returns the properties of a class; `undefined` if it has no decorators ("unknown value"), or decorators of unknown kinds. */
function readProperties(type: Class, stated: ReadonlyMap<string, Instances | undefined>): readonly Property[] | undefined {
  const metadata = propertyMetadata(type);
  if (metadata.length + stated.size === 0 || metadata.some((each) => !KNOWN.has(each.type))) return undefined;
  const validated = groupByProperty(metadata).map(([name, own]) => propertyOf(name, own, stated.get(name)));
  const others = [...stated].filter(([name]) => !validated.some((each) => each.name === name));
  return [...validated, ...others.map(([name, of]) => propertyOf(name, [], of))];
}

function propertyOf(name: string, metadata: readonly PropertyMetadata[], instances: Instances | undefined): Property {
  const running = RUN.flatMap((kind) => metadata.filter(({ type }) => type === kind));
  return {
    name,
    conditions: metadata.filter(({ type }) => type === CONDITION).map(({ constraints }) => constraints![0] as Condition),
    validators: running.flatMap((each) => constraintsOf(each).map((constraint) => validatorOf(each, constraint))),
    nested: instances === undefined ? metadata.find(({ type }) => type === NESTED) : undefined,
    instances,
  };
}

function validatorOf(
  metadata: PropertyMetadata,
  { instance, name }: { readonly instance: ConstraintInstance; readonly name?: string },
): PropertyValidator {
  const { constraints, each, validateIf, type } = metadata;
  const validate: Validate =
    metadata.name === 'arrayUnique' && each !== true
      ? (value, args) => instance.validate(uniqueList(value), args)
      : (value, args) => instance.validate(value, args);
  return { validate, constraints, each: each === true, validateIf, kind: name ?? type, metadata, instance };
}

function groupByProperty(metadata: readonly PropertyMetadata[]): [string, PropertyMetadata[]][] {
  const groups = new Map<string, PropertyMetadata[]>();
  for (const each of metadata) groups.set(each.propertyName, [...(groups.get(each.propertyName) ?? []), each]);
  return [...groups];
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
