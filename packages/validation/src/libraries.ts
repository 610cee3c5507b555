/** class-validator and, if it is installed, class-transformer: loaded when the first DTO class is met, because loading them takes a while. */
import { createRequire } from 'node:module';
import type * as ClassValidator from 'class-validator';

/** One decorator of class-validator on one property. */
export interface PropertyMetadata {
  readonly type: string;
  readonly name?: string;
  readonly propertyName: string;
  readonly constraintCls: unknown;
  readonly constraints?: readonly unknown[];
  readonly each?: boolean;
  readonly validateIf?: (object: unknown, value: unknown) => boolean;
}

/** What class-transformer's `@Type` says of one property. */
interface TransformerStorage {
  findTypeMetadata(target: unknown, property: string): { typeFunction(): unknown } | undefined;
}

const load = createRequire(__filename);
let transformer: TransformerStorage | null | undefined;

/** class-validator itself. */
export function classValidator(): typeof ClassValidator {
  return load('class-validator') as typeof ClassValidator;
}

/** Every decorator of class-validator on a class, inherited ones too. */
export function propertyMetadata(type: unknown): PropertyMetadata[] {
  return classValidator()
    .getMetadataStorage()
    .getTargetValidationMetadatas(type as () => void, '', false, false) as unknown as PropertyMetadata[];
}

/** The constraint objects that one decorator runs. */
export function constraintsOf(metadata: PropertyMetadata) {
  return classValidator()
    .getMetadataStorage()
    .getTargetValidatorConstraints(metadata.constraintCls as () => void);
}

/** The class that `@Type(() => Item)` of class-transformer names for a property; `undefined` without it. */
export function transformerType(type: { readonly prototype: unknown }, property: string): unknown {
  if (transformer === undefined) transformer = loadTransformer();
  return transformer?.findTypeMetadata(type, property)?.typeFunction();
}

/** Its storage is not exported from its root. Not installed: then nobody can have used `@Type`. */
function loadTransformer(): TransformerStorage | null {
  try {
    return (load('class-transformer/cjs/storage') as { defaultMetadataStorage: TransformerStorage }).defaultMetadataStorage;
  } catch {
    return null;
  }
}
