/** Loads class-validator and, if installed, class-transformer with the first DTO class, because loading them is slow. */
import { createRequire } from 'node:module';
import type * as ClassValidator from 'class-validator';

/** One class-validator decorator on one property, as class-validator stores it. */
export interface PropertyMetadata {
  readonly type: string;
  readonly name?: string;
  readonly propertyName: string;
  readonly constraintCls: unknown;
  readonly constraints?: readonly unknown[];
  readonly each?: boolean;
  readonly validateIf?: (object: unknown, value: unknown) => boolean;
  /** The message that the decorator was given, in place of the default one. */
  readonly message?: string | ((args: object) => string);
}

/** The object of a decorator that checks values and words its violations. */
export interface ConstraintInstance {
  validate(value: any, args?: any): unknown;
  defaultMessage?(args?: any): string;
}

/** class-transformer's storage of `@Type` decorators. */
interface TransformerStorage {
  findTypeMetadata(target: unknown, property: string): { typeFunction(): unknown } | undefined;
}

const load = createRequire(__filename);
let transformer: TransformerStorage | null | undefined;

/** Returns the module class-validator. */
export function classValidator(): typeof ClassValidator {
  return load('class-validator') as typeof ClassValidator;
}

/** Returns all class-validator decorators of a class, including inherited ones. */
export function propertyMetadata(type: unknown): PropertyMetadata[] {
  return classValidator()
    .getMetadataStorage()
    .getTargetValidationMetadatas(type as () => void, '', false, false) as unknown as PropertyMetadata[];
}

/** Returns the constraint objects that a decorator runs. */
export function constraintsOf(metadata: PropertyMetadata) {
  return classValidator()
    .getMetadataStorage()
    .getTargetValidatorConstraints(metadata.constraintCls as () => void);
}

/** Returns the class that class-transformer's `@Type(() => Item)` names for a property; `undefined` without `@Type`. */
export function transformerType(type: { readonly prototype: unknown }, property: string): unknown {
  if (transformer === undefined) transformer = loadTransformer();
  return transformer?.findTypeMetadata(type, property)?.typeFunction();
}

/** Loads the storage from its file, as the package does not export it. Without the package there is no `@Type` to read. */
function loadTransformer(): TransformerStorage | null {
  try {
    return (load('class-transformer/cjs/storage') as { defaultMetadataStorage: TransformerStorage }).defaultMetadataStorage;
  } catch {
    return null;
  }
}
