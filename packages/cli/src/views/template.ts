/** Arguments to fill in: a value for each argument of a method, with every field. */
import type { ContractDocument } from '@concord-rpc/core';
import type { MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';
import { type Accepts, acceptsOf, createSampler, resolve as resolveType, type Sampler } from '@concord-rpc/evolution';

/** Most levels of a template. */
const DEEPEST = 6;

/** The document whose types are followed, its check, and the sampler of single values whose empty value does not fit. */
interface Filling {
  readonly types: Readonly<Record<string, SchemaDocument>>;
  readonly accepts: Accepts;
  readonly sample: Sampler;
  readonly level: number;
}

/** Returns the arguments of a method by name. Values fit their types if they can be found. */
export function argumentTemplate(document: ContractDocument, { args = [] }: MethodDocument): Readonly<Record<string, unknown>> {
  const filling = { types: document.types ?? {}, accepts: acceptsOf(document), sample: createSampler(document, 1), level: 0 };
  return Object.fromEntries(args.map(({ name, schema }) => [name, filled(schema, filling)]));
}

function filled(given: SchemaDocument, filling: Filling): unknown {
  const { schema } = resolveType(given, filling.types);
  const { level } = filling;
  if (level > DEEPEST) return null;
  const deeper = { ...filling, level: level + 1 };
  if ('default' in schema) return schema.default;
  if (schema.enum !== undefined || 'const' in schema) return filling.sample(given, 0)?.value ?? null;
  if (schema.anyOf !== undefined) {
    const present = schema.anyOf.find((member) => member.type !== 'null') ?? {};
    return filled(present, deeper);
  }
  if (schema.properties !== undefined) {
    return Object.fromEntries(Object.entries(schema.properties).map(([name, field]) => [name, filled(field, deeper)]));
  }
  if (schema.items !== undefined) return [filled(schema.items, deeper)];
  const type = [schema.type ?? 'null'].flat().find((each) => each !== 'null');
  const empty = EMPTY[type ?? ''] ?? null;
  return filling.accepts(schema, empty) ? empty : (filling.sample({ ...schema, type }, 0)?.value ?? empty);
}

const EMPTY: Readonly<Record<string, unknown>> = { string: '', number: 0, integer: 0, boolean: false, array: [], object: {} };
