/**
 * Compiles class-validator's verdict on instances of a class: the same validators in the same order, found once instead of at each
 * call. It only says yes; whoever hears no asks class-validator itself, for the texts and for every case that is not covered here.
 */
import type { Class } from '@concord-rpc/core';
import { constraintsOf, type PropertyMetadata, propertyMetadata } from './libraries';

/** Whether class-validator accepts an instance. `false` may mean "ask it". */
export type Acceptance = (instance: object) => boolean;

type Condition = (object: unknown, value: unknown) => boolean;
type Validate = (value: unknown, args: object) => unknown;

/** One property's validators. */
interface Property {
  readonly name: string;
  readonly conditions: readonly Condition[];
  readonly validators: readonly Validator[];
  readonly nested: boolean;
}

interface Validator {
  readonly validate: Validate;
  readonly constraints: readonly unknown[] | undefined;
  readonly each: boolean;
  readonly validateIf: Condition | undefined;
}

const CONDITION = 'conditionalValidation';
const NESTED = 'nestedValidation';
const RUN = new Set(['customValidation', 'isDefined']);
const KNOWN = new Set([CONDITION, NESTED, 'whitelistValidation', ...RUN]);

/** The classes that were compiled, by constructor; nested instances are looked up in it. */
export class AcceptanceCompiler {
  private readonly compiled = new Map<unknown, Acceptance>();

  /** The verdict on instances of a class; classes of nested instances are compiled when the first is met. */
  acceptance(type: Class): Acceptance {
    let acceptance = this.compiled.get(type);
    if (acceptance === undefined) this.compiled.set(type, (acceptance = this.compile(type)));
    return acceptance;
  }

  private compile(type: Class): Acceptance {
    const metadata = propertyMetadata(type);
    // without decorators class-validator refuses ("unknown value"), and a kind that is unknown here is its to judge
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
): Validator {
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

/** A truthy verdict. class-validator would not wait for a promise when it checks synchronously, and take it for a yes; here it is an error. */
function isYes(verdict: unknown): boolean {
  if (typeof verdict === 'object' && verdict !== null && typeof (verdict as { then?: unknown }).then === 'function') {
    throw new PromisedVerdict();
  }
  return Boolean(verdict);
}

/** A validator answered with a promise, so that nobody knows its verdict when the call has to be decided. */
export class PromisedVerdict extends Error {}
