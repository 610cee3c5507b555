/** Refuses decorators of class-transformer, and options of class-validator, that Concord does not apply: none is ignored without a word. */
import { type Class, RpcError } from '@concord-rpc/core';
import { type ExposeOptions, type PropertyMetadata, type TransformerStorage, transformerStorages } from './libraries';

/** The transformations of class-transformer: to instances, and to plain values. */
const DIRECTIONS = [0, 1] as const;

/**
 * Refuses a class with decorators that would have an effect in class-transformer or class-validator, and have none in Concord.
 *
 * @throws RpcError `invalid_contract`, with the line to write instead
 */
export function requireApplied(type: Class, metadata: ReadonlyMap<string, readonly PropertyMetadata[]>): void {
  for (const [name, own] of metadata) {
    const groups = own.flatMap((each) => each.groups ?? []);
    if (groups.length > 0) {
      const list = [...new Set(groups)].join(', ');
      throw mistake(type, name, `has validators in groups (${list}), and a call states no group: write a class for each group`);
    }
  }
  for (const storage of transformerStorages()) requireAppliedBy(storage, type, new Set(metadata.keys()));
}

function requireAppliedBy(storage: TransformerStorage, type: Class, declared: ReadonlySet<string>): void {
  const exposed = new Set(storage.getExposedMetadatas(type).map(({ propertyName }) => propertyName));
  const excluded = new Set(storage.getExcludedMetadatas(type).map(({ propertyName }) => propertyName));
  const excludesAll = storage.getStrategy(type) === 'excludeAll';
  for (const name of declared) {
    if (excluded.has(name)) {
      const remedy =
        'to keep it out of the contract, remove its validators; to send it in one direction only, write a class for each';
      throw mistake(type, name, `has @Exclude() and validators: ${remedy}`);
    }
    if (excludesAll && !exposed.has(name)) {
      throw mistake(
        type,
        name,
        'has validators in a class with @Exclude(), and no @Expose(): remove its validators, or add @Expose()',
      );
    }
    if (DIRECTIONS.some((direction) => storage.findTransformMetadatas(type, name, direction).length > 0)) {
      throw mistake(type, name, 'has @Transform, which does not run: remove it, and convert the value in the handler');
    }
  }
  for (const { propertyName: name, options = {} } of storage.getExposedMetadatas(type)) {
    if (name === undefined) continue;
    if (!declared.has(name)) {
      throw mistake(
        type,
        name,
        'has @Expose() and no class-validator decorator, so it is not sent: add, for example, @IsString()',
      );
    }
    const option = optionOf(options);
    if (option === undefined) continue;
    const remedy =
      option === 'name' ? `name the field ${String(options.name)}` : 'write a class for each direction, version or group';
    throw mistake(type, name, `has @Expose({ ${option} }), which does not apply: write @Expose(), and ${remedy}`);
  }
}

/** Returns the first option that changes what class-transformer does. */
function optionOf(options: ExposeOptions): string | undefined {
  return Object.entries(options).find(([, value]) => value !== undefined && value !== false)?.[0];
}

function mistake(type: Class, name: string, sentence: string): RpcError {
  return new RpcError('invalid_contract', `${type.name}.${name} ${sentence}`);
}
