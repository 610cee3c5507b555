/** Loads class-validator and, if installed, class-transformer with the first DTO class, because loading them is slow. */

import type * as ClassTransformer from 'class-transformer';
import type * as ClassValidator from 'class-validator';

/** One class-validator decorator on one property, as class-validator stores it. */
export interface PropertyMetadata {
  readonly target: unknown;
  readonly type: string;
  readonly name?: string;
  readonly propertyName: string;
  readonly constraintCls: unknown;
  readonly constraints?: readonly unknown[];
  readonly each?: boolean;
  readonly groups?: readonly string[];
  readonly validateIf?: (object: unknown, value: unknown) => boolean;
  /** The message that the decorator was given, in place of the default one. */
  readonly message?: string | ((args: object) => string);
}

/** The object of a decorator that checks values and words its violations. */
export interface ConstraintInstance {
  validate(value: any, args?: any): unknown;
  defaultMessage?(args?: any): string;
}

/** One constraint of a decorator. */
export interface Constraint {
  readonly name?: string;
  /** Asks the container of class-validator at each read. */
  readonly instance: ConstraintInstance;
}

/** Options of `@Expose`. */
export interface ExposeOptions {
  readonly name?: string;
}

/** One `@Expose` or `@Exclude`; without `propertyName` of a whole class. */
interface Visibility {
  readonly propertyName?: string;
  readonly options?: ExposeOptions;
}

/** `@Type` of a property. */
export interface TypeMark {
  /** Gets the object that holds the value, if it takes an argument. */
  typeFunction(): unknown;
  readonly options?: {
    readonly discriminator?: {
      readonly property: unknown;
      readonly subTypes: unknown;
    };
    readonly keepDiscriminatorProperty?: boolean;
  };
}

/** class-transformer's storage of decorators. */
export interface TransformerStorage {
  findTypeMetadata(target: unknown, property: string): TypeMark | undefined;
  findTransformMetadatas(target: unknown, property: string, direction: 0 | 1): readonly unknown[];
  getExposedMetadatas(target: unknown): readonly Visibility[];
  getExcludedMetadatas(target: unknown): readonly Visibility[];
  getStrategy(target: unknown): 'excludeAll' | 'exposeAll' | 'none';
}

/** The storage of this package's class-transformer; null if it has none. */
let ownLoaded: TransformerStorage | null | undefined;

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

/** Removes the class-validator decorators of a class. */
export function forgetMetadata(type: unknown): void {
  const { validationMetadatas, constraintMetadatas } = classValidator().getMetadataStorage() as unknown as Readonly<
    Record<string, Map<unknown, readonly PropertyMetadata[]> | undefined>
  >;
  for (const { constraintCls } of validationMetadatas?.get(type) ?? []) constraintMetadatas?.delete(constraintCls);
  validationMetadatas?.delete(type);
}

/** Returns the constraint objects that a decorator runs. */
export function constraintsOf(metadata: PropertyMetadata) {
  return classValidator()
    .getMetadataStorage()
    .getTargetValidatorConstraints(metadata.constraintCls as () => void);
}

/** Returns the `@Type` of a property; `undefined` if it has none. */
export function typeMarkOf(type: { readonly prototype: unknown }, property: string): TypeMark | undefined {
  for (const storage of transformerStorages()) {
    const found = storage.findTypeMetadata(type, property);
    if (found !== undefined) return found;
  }
  const named = ownStorage() === null ? typeOfTransformed(type, property) : undefined;
  return named === undefined ? undefined : { typeFunction: () => named };
}

/**
 * Returns the storages of every loaded copy of class-transformer, that of this package first: a project can have it installed twice.
 * None if the package is not installed; without it there is no decorator to read.
 */
export function transformerStorages(): readonly TransformerStorage[] {
  const storages = new Set<TransformerStorage>();
  const first = ownStorage();
  if (first !== null) storages.add(first);
  for (const [path, module] of Object.entries(loadedModules())) {
    if (!/[\\/]class-transformer[\\/]cjs[\\/]storage\.js$/.test(path)) continue;
    const other = (module?.exports as { readonly defaultMetadataStorage?: TransformerStorage } | undefined)
      ?.defaultMetadataStorage;
    if (other !== undefined) storages.add(other);
  }
  return [...storages];
}

/** The modules that Node has loaded, by path. None in a bundle in the form of an ES module: it has no `require`, and one copy of each. */
function loadedModules(): NodeJS.Dict<NodeJS.Module> {
  try {
    return require.cache ?? {};
  } catch {
    return {}; // `typeof require` does not tell: bundlers replace it
  }
}

function ownStorage(): TransformerStorage | null {
  if (ownLoaded === undefined) ownLoaded = loadTransformer();
  return ownLoaded;
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
    const owner: unknown = made === undefined || made === null ? undefined : made.constructor;
    return owner === Object ? undefined : owner;
  } catch {
    return undefined; // the package is not installed, or a constructor threw on an empty object
  }
}
