/** Loads class-validator and, if installed, class-transformer with the first DTO class, because loading them is slow. */
import type * as ClassTransformer from 'class-transformer';
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
}

/** class-transformer's storage of `@Type` decorators. */
interface TransformerStorage {
  findTypeMetadata(target: unknown, property: string): { typeFunction(): unknown } | undefined;
}

let transformer: TransformerStorage | null | undefined;

/** Returns the module class-validator. */
export function classValidator(): typeof ClassValidator {
  return require('class-validator') as typeof ClassValidator; // a plain require, since bundlers include only what they see
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
  if (transformer === null) return typeOfTransformed(type, property);
  return transformer.findTypeMetadata(type, property)?.typeFunction();
}

/**
 * Loads the storage from its file, as the package does not export it. Returns null if the package is not installed, and in bundles that
 * hold the package's ES modules: these have a storage of their own.
 */
function loadTransformer(): TransformerStorage | null {
  try {
    const { defaultMetadataStorage: storage } = require('class-transformer/cjs/storage') as Record<string, TransformerStorage>;
    const { Type } = require('class-transformer') as typeof ClassTransformer;
    class Probe {}
    Type(() => Probe)(Probe.prototype, 'probe');
    return storage?.findTypeMetadata(Probe, 'probe') === undefined ? null : storage;
  } catch {
    return null;
  }
}

/** Returns the class of a property as class-transformer's public function converts an empty object to it. */
export function typeOfTransformed(type: { readonly prototype: unknown }, property: string): unknown {
  try {
    const { plainToClassFromExist } = require('class-transformer') as typeof ClassTransformer;
    const holder = Object.create(type.prototype as object) as Record<string, unknown>;
    plainToClassFromExist(holder, { [property]: {} }, { ignoreDecorators: true });
    const made = holder[property];
    const found: unknown = made === undefined || made === null ? undefined : made.constructor;
    return found === Object ? undefined : found;
  } catch {
    return undefined; // the package is not installed, or a constructor threw on an empty object
  }
}
