/** The types of a recorded contract as classes, and what reads and checks them: what class-validator is to written ones. */
import {
  type Check,
  type Class,
  type FieldShape,
  Since,
  type TypeRef,
  type TypeToken,
  typeRefOf,
  UNCHECKED,
  type Validator,
} from '@concord-rpc/core';
import Ajv2020 from 'ajv/dist/2020';
import type { Snapshot, SnapshotSchema } from '../document/snapshot';

const REFERENCE = /^#\/types\/(.+)$/;
const KINDS: Readonly<Record<string, TypeToken>> = { timestamp: Date, bytes: Uint8Array };
const PRIMITIVES: Readonly<Record<string, TypeToken>> = { string: String, number: Number, integer: Number, boolean: Boolean };

/** Limits that a field may have had; another earlier form cannot be said in a class. */
const LIMITS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
] as const;

/** Says of a field what decorators would: when it came, which values came later, which limits it had. */
function markField(prototype: object, name: string, schema: SnapshotSchema): void {
  const { 'x-since': since, 'x-enum-since': values = {}, 'x-enum-fallback': fallbacks = {}, 'x-was': was = [] } = schema;
  if (since !== undefined) Since(since)(prototype, name);
  const listed = schema.enum ?? schema.items?.enum ?? [];
  for (const value of listed) {
    const key = typeof value === 'string' ? value : JSON.stringify(value);
    if (!Object.hasOwn(values, key)) continue;
    const fallback = Object.hasOwn(fallbacks, key) && listed.includes(fallbacks[key]) ? fallbacks[key] : undefined;
    Since(values[key]!, { values: [value], fallback })(prototype, name);
  }
  for (const { before, schema: then } of was) {
    const limits = Object.fromEntries(LIMITS.flatMap((limit) => (then?.[limit] === undefined ? [] : [[limit, then[limit]]])));
    if (Object.keys(limits).length > 0) Since(before, { was: limits })(prototype, name);
  }
}

/** The named types of one document. */
export class RecordedTypes {
  private readonly classes = new Map<string, Class>();
  private readonly schemas = new Map<Class, SnapshotSchema>();
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

  constructor(private readonly types: Readonly<Record<string, SnapshotSchema>>) {
    for (const [name, schema] of Object.entries(types)) {
      if (Object.keys(schema.properties ?? {}).length === 0) continue;
      const type = { [name]: class {} }[name] as Class;
      this.classes.set(name, type);
      this.schemas.set(type, schema);
      for (const [name, field] of Object.entries(schema.properties!)) markField(type.prototype as object, name, field);
    }
  }

  /** The types of a document. */
  static of({ types = {} }: Snapshot): RecordedTypes {
    return new RecordedTypes(types);
  }

  /** How a schema is named in a decorator; `undefined` if only a check can say what it is. */
  tokenOf(schema: SnapshotSchema): TypeToken | undefined {
    const name = REFERENCE.exec(schema.$ref ?? '')?.[1];
    if (name !== undefined) return this.classes.get(name);
    if (schema.type === 'array') {
      const items = this.tokenOf(schema.items ?? {});
      return items && [items];
    }
    const kind = schema['x-codec'];
    if (kind !== undefined) return KINDS[kind];
    return typeof schema.type === 'string' ? PRIMITIVES[schema.type] : undefined;
  }

  /** Reads and checks the classes. */
  readonly validator: Validator = {
    shapeOf: (type) => this.shapeOf(type),
    compile: (type) => this.checkOf(type),
  };

  private shapeOf(type: Class): readonly FieldShape[] | undefined {
    const schema = this.schemas.get(type);
    return schema && Object.entries(schema.properties!).map(([name, field]) => this.shapeOfField(name, field, schema));
  }

  private shapeOfField(name: string, field: SnapshotSchema, { required = [] }: SnapshotSchema): FieldShape {
    const { $ref, 'x-since': since, ...keywords } = field;
    const token = this.tokenOf(field);
    const type = token === undefined ? UNCHECKED : (typeRefOf(token) as TypeRef);
    return { name, type, optional: !required.includes(name), keywords: keywords as FieldShape['keywords'] };
  }

  private checkOf(type: Class): Check {
    const schema = this.schemas.get(type)!;
    const validate = this.ajv.compile({ ...schema, types: this.types });
    return (value, path, findings) => {
      if (!validate(value)) {
        for (const { instancePath, message = 'does not fit' } of validate.errors!) {
          findings.violations.push({ path: `${path}${instancePath.replaceAll('/', '.')}`, message });
        }
        return value;
      }
      return this.known(value, schema);
    };
  }

  /** A value without the properties that its type does not have, as a server leaves them out. */
  private known(value: unknown, schema: SnapshotSchema): unknown {
    const name = REFERENCE.exec(schema.$ref ?? '')?.[1];
    if (name !== undefined) return this.known(value, this.types[name] ?? {});
    if (Array.isArray(value)) return value.map((item) => this.known(item, schema.items ?? {}));
    const { properties } = schema;
    if (properties === undefined || typeof value !== 'object' || value === null) return value;
    const own = Object.entries(value).filter(([key]) => Object.hasOwn(properties, key));
    return Object.fromEntries(own.map(([key, part]) => [key, this.known(part, properties[key]!)]));
  }
}
