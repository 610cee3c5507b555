/**
 * Compiles a fast check that mirrors class-validator: the same validators in the same order, found once per class instead of at each
 * call. Its `true` is final. After `false` the caller runs class-validator itself, for the messages and for cases not covered here.
 */
import type { Class } from '@concord-rpc/core';
import { constraintsOf, type PropertyMetadata, propertyMetadata } from './libraries';

/** Returns true if class-validator accepts the instance. After `false`, run class-validator: the instance may still be valid. */
export type Acceptance = (instance: object) => boolean;

type Condition = (object: unknown, value: unknown) => boolean;
type Validate = (value: unknown, args: object) => unknown;

/** The validators of one property. */
interface Property {
  readonly name: string;
  readonly conditions: readonly Condition[];
  readonly validators: readonly PropertyValidator[];
  readonly nested: boolean;
}

/** One validator of a property. */
interface PropertyValidator {
  readonly validate: Validate;
  readonly constraints: readonly unknown[] | undefined;
  readonly each: boolean;
  readonly validateIf: Condition | undefined;
}

const CONDITION = 'conditionalValidation';
const NESTED = 'nestedValidation';
const RUN = new Set(['customValidation', 'isDefined']);
const KNOWN = new Set([CONDITION, NESTED, 'whitelistValidation', ...RUN]);

/** Compiles acceptance checks, one per class. */
export class AcceptanceCompiler {
  private readonly compiled = new Map<unknown, Acceptance>();

  /** Returns the check of a class. The class of a nested instance is compiled at its first instance. */
  acceptance(type: Class): Acceptance {
    let acceptance = this.compiled.get(type);
    if (acceptance === undefined) this.compiled.set(type, (acceptance = this.compile(type)));
    return acceptance;
  }

  private compile(type: Class): Acceptance {
    const metadata = propertyMetadata(type);
    // class-validator refuses a class without decorators ("unknown value"), and decides on decorators of unknown kinds
    if (metadata.length === 0 || metadata.some((each) => !KNOWN.has(each.type))) return () => false;
    const properties = groupByProperty(metadata).map(([name, own]) => propertyOf(name, own));
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
    if (!applies) return true;
    for (const validator of property.validators) {
      if (validator.validateIf !== undefined && !validator.validateIf(object, value)) continue;
      const args = { targetName, property: property.name, object, value, constraints: validator.constraints };
      if (validator.each && isCollection(value)) {
        if (!Array.isArray(value)) return false;
        for (const item of value) if (!isYes(validator.validate(item, args))) return false;
      } else if (!isYes(validator.validate(value, args))) return false;
    }
    return !property.nested || value === undefined || this.acceptsNested(value);
  }

  private acceptsNested(value: unknown): boolean {
    if (Array.isArray(value)) return value.every((item) => item === undefined || this.acceptsNested(item));
    if (!(value instanceof Object) || isCollection(value)) return false;
    return this.acceptance(value.constructor as Class)(value);
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

function propertyOf(name: string, metadata: readonly PropertyMetadata[]): Property {
  const running = metadata.filter(({ type }) => RUN.has(type));
  return {
    name,
    conditions: metadata.filter(({ type }) => type === CONDITION).map(({ constraints }) => constraints![0] as Condition),
    validators: running.flatMap((each) => constraintsOf(each).map(({ instance }) => validatorOf(each, instance))),
    nested: metadata.some(({ type }) => type === NESTED),
  };
}

function validatorOf(
  { constraints, each, validateIf }: PropertyMetadata,
  instance: { validate(value: any, args?: any): unknown },
): PropertyValidator {
  return { validate: (value, args) => instance.validate(value, args), constraints, each: each === true, validateIf };
}

function groupByProperty(metadata: readonly PropertyMetadata[]): [string, PropertyMetadata[]][] {
  const groups = new Map<string, PropertyMetadata[]>();
  for (const each of metadata) groups.set(each.propertyName, [...(groups.get(each.propertyName) ?? []), each]);
  return [...groups];
}

function isCollection(value: unknown): boolean {
  return Array.isArray(value) || value instanceof Set || value instanceof Map;
}

/** Returns true for a truthy verdict. A promise is an error: class-validator's synchronous check would accept it as truthy. */
function isYes(verdict: unknown): boolean {
  if (typeof verdict === 'object' && verdict !== null && typeof (verdict as { then?: unknown }).then === 'function') {
    throw new PromisedVerdict();
  }
  return Boolean(verdict);
}

/** Thrown if a validator returned a promise. Arguments are checked synchronously, so its verdict would come too late. */
export class PromisedVerdict extends Error {}
