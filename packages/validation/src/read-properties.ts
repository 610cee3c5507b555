/** Reads the properties of a class from its class-validator decorators: conditions and validators, in the order in which they run. */
import type { Class } from '@concord-rpc/core';
import {
  type Constraint,
  type ConstraintInstance,
  constraintsOf,
  type PropertyMetadata,
  propertyMetadata,
} from './decorators/libraries';
import { isOwnOptional, ownPredicate, type Predicate } from './decorators/own-predicates';
import { uniqueList } from './decorators/unique-list';
import type { Instances } from './instances';

/** Returns whether the validators of a property run. */
export type Condition = (object: unknown, value: unknown) => boolean;
type Validate = (value: unknown, args: object) => unknown;

/** The validators of one property. */
export interface Property {
  readonly name: string;
  readonly conditions: readonly Condition[];
  /** True if every condition is that of `@IsOptional()`. */
  readonly onlyOptional: boolean;
  readonly validators: readonly PropertyValidator[];
  /** The decorator `@ValidateNested()`, if the property has it. */
  readonly nested: PropertyMetadata | undefined;
  /** Finds the instances in its value, if `@Field` states a type with classes. */
  readonly instances: Instances | undefined;
}

/** One validator of a property. */
export interface PropertyValidator {
  readonly validate: Validate;
  /** The predicate of class-validator that it runs; `undefined` if the validator may look at more than the value. */
  readonly predicate: Predicate | undefined;
  readonly constraints: readonly unknown[] | undefined;
  readonly each: boolean;
  readonly validateIf: Condition | undefined;
  /** The kind of its violations: class-validator reports one of each kind. */
  readonly kind: string;
  readonly metadata: PropertyMetadata;
  readonly instance: () => ConstraintInstance;
}

const CONDITION = 'conditionalValidation';
const NESTED = 'nestedValidation';
/** The kinds of validators, in the order in which class-validator runs them. */
const RUN = ['isDefined', 'customValidation'];
const KNOWN = new Set([CONDITION, NESTED, 'whitelistValidation', ...RUN]);

/** Returns the properties of a class; `undefined` if it has no decorators ("unknown value"), or decorators of unknown kinds. */
export function readProperties(type: Class, stated: ReadonlyMap<string, Instances | undefined>): readonly Property[] | undefined {
  const metadata = propertyMetadata(type);
  if (metadata.length + stated.size === 0 || metadata.some((each) => !KNOWN.has(each.type))) return undefined;
  const validated = groupByProperty(metadata).map(([name, own]) => propertyOf(name, own, stated.get(name)));
  const others = [...stated].filter(([name]) => !validated.some((each) => each.name === name));
  return [...validated, ...others.map(([name, of]) => propertyOf(name, [], of))];
}

function propertyOf(name: string, metadata: readonly PropertyMetadata[], instances: Instances | undefined): Property {
  const conditions = metadata.filter(({ type }) => type === CONDITION);
  const running = RUN.flatMap((kind) => metadata.filter(({ type }) => type === kind));
  return {
    name,
    conditions: conditions.map(({ constraints }) => constraints![0] as Condition),
    onlyOptional: conditions.every(isOwnOptional),
    validators: running.flatMap((each) => constraintsOf(each).map((constraint) => validatorOf(each, constraint))),
    nested: instances === undefined ? metadata.find(({ type }) => type === NESTED) : undefined,
    instances,
  };
}

function validatorOf(metadata: PropertyMetadata, constraint: Constraint): PropertyValidator {
  const { constraints, each, validateIf, type } = metadata;
  let found: ConstraintInstance | undefined;
  // asked for at the first call: the container of class-validator may be set after the contract is compiled
  const instance = (): ConstraintInstance => (found ??= constraint.instance);
  const validate: Validate =
    metadata.name === 'arrayUnique' && each !== true
      ? (value, args) => instance().validate(uniqueList(value), args)
      : (value, args) => instance().validate(value, args);
  const predicate = ownPredicate(metadata, constraint);
  const kind = constraint.name ?? type;
  return { validate, predicate, constraints, each: each === true, validateIf, kind, metadata, instance };
}

function groupByProperty(metadata: readonly PropertyMetadata[]): [string, PropertyMetadata[]][] {
  const groups = new Map<string, PropertyMetadata[]>();
  for (const each of metadata) groups.set(each.propertyName, [...(groups.get(each.propertyName) ?? []), each]);
  return [...groups];
}
