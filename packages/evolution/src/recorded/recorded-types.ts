/** The types of a recorded contract as classes, with the validator that reads and checks them. */

import { type Class, type ContractDocument, enumOf, nullable, oneOf, recordOf, Since, type TypeToken } from '@concord-rpc/core';
import {
  type Check,
  type FieldShape,
  isSingleObject,
  type SchemaDocument,
  schemaOf,
  stateName,
  type TypeRef,
  typeRefOf,
  UNCHECKED,
  VALUE_KINDS,
  type Validator,
} from '@concord-rpc/core/engine';
import type Ajv2020 from 'ajv/dist/2020';
import { changeMarks } from '../document/change-marks';
import { newAjv } from '../document/new-ajv';
import { tagOfMember } from '../document/schema-facets';
import { planOf, type TypePlan, withoutNull } from '../document/type-plan';
import { resolve } from '../document/type-reference';
import { decoratorOf } from './change-decorators';
import { inlineToken } from './inline-token';

const REFERENCE = /^#\/types\/(.+)$/;
const SINGLE = { String, Number, Boolean, Date, BigInt, Uint8Array } as const;

/** The named types of one document. */
export class RecordedTypes {
  private readonly classes = new Map<string, Class>();
  private readonly schemas = new Map<Class, SchemaDocument>();
  private readonly ajv = ajvOfValues();

  constructor(
    private readonly types: Readonly<Record<string, SchemaDocument>>,
    key: string,
  ) {
    for (const [name, schema] of Object.entries(types)) {
      if (Object.keys(schema.properties ?? {}).length === 0) continue;
      const type = { [name]: class {} }[name] as Class;
      stateName(type, name);
      this.classes.set(name, type);
      this.schemas.set(type, schema);
      for (const [name, field] of Object.entries(schema.properties!)) {
        const { 'x-since': since, 'x-droppable': droppable } = field;
        if (since !== undefined) Since(since, { droppable })(type.prototype as object, name);
        const isOptional = schema.required?.includes(name) !== true;
        for (const mark of changeMarks(field, key, isOptional)) decoratorOf(mark)(type.prototype as object, name);
      }
    }
  }

  /** Makes the types of a document. */
  static of({ types = {} }: ContractDocument, key: string): RecordedTypes {
    return new RecordedTypes(types, key);
  }

  /** Returns the type of an argument or a result; `undefined` if only a check can describe it. */
  tokenOf(schema: SchemaDocument): TypeToken | undefined {
    return this.namedToken(schema) ?? (holdsObject(schema) ? inlineToken(schema, this.checkOf(schema)) : undefined);
  }

  /** Returns a schema as decorators name it; `undefined` if they cannot. */
  private namedToken(schema: SchemaDocument): TypeToken | undefined {
    const plan = planOf(schema, (name) => this.classes.has(name));
    return plan && this.tokenFrom(plan);
  }

  private tokenFrom(plan: TypePlan): TypeToken {
    switch (plan.kind) {
      case 'single':
        return SINGLE[plan.name];
      case 'class':
        return this.classes.get(plan.name)!;
      case 'array':
        return [this.tokenFrom(plan.inner)];
      case 'record':
        return recordOf(this.tokenFrom(plan.inner));
      case 'nullable':
        return nullable(this.tokenFrom(plan.inner));
      case 'enum':
        return enumOf(plan.values);
      case 'union': {
        const [first, second, ...others] = plan.members.map((member) => this.tokenFrom(member));
        return oneOf(first!, second!, ...others);
      }
      case 'tagged':
        return oneOf(plan.property, Object.fromEntries(plan.members.map(([tag, name]) => [tag, this.classes.get(name)!])));
    }
  }

  /** Reads and checks the classes. */
  readonly validator: Validator = {
    shapeOf: (type) => this.shapeOf(type),
    compile: (type) => this.checkOf(typeof type === 'function' ? this.schemas.get(type)! : schemaOf(type)),
  };

  private shapeOf(type: Class): readonly FieldShape[] | undefined {
    const schema = this.schemas.get(type);
    return schema && Object.entries(schema.properties!).map(([name, field]) => this.shapeOfField(name, field, schema));
  }

  private shapeOfField(name: string, field: SchemaDocument, { required = [] }: SchemaDocument): FieldShape {
    const { $ref, 'x-since': since, ...keywords } = field;
    const token = this.namedToken(field);
    const type = token === undefined ? UNCHECKED : (typeRefOf(token) as TypeRef);
    return { name, type, optional: !required.includes(name), keywords: keywords as FieldShape['keywords'] };
  }

  private checkOf(schema: SchemaDocument): Check {
    const validate = this.ajv.compile(asValues({ ...schema, types: this.types }) as object);
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

  /** Returns a value without undeclared properties, as a server does. */
  private known(value: unknown, schema: SchemaDocument): unknown {
    const name = REFERENCE.exec(schema.$ref ?? '')?.[1];
    if (name !== undefined) return this.known(value, resolve(schema, this.types).schema);
    const present = withoutNull(schema);
    if (value !== null && present !== schema) return this.known(value, present);
    if (schema.anyOf !== undefined) return this.known(value, memberOf(value, schema));
    if (Array.isArray(value)) return value.map((item) => this.known(item, schema.items ?? {}));
    if (typeof value !== 'object' || value === null || isSingleObject(value)) return value;
    const { properties, additionalProperties: rest } = schema;
    if (properties === undefined) return typeof rest === 'object' ? mapped(value, (each) => this.known(each, rest)) : value;
    const own = Object.entries(value).filter(([key]) => Object.hasOwn(properties, key));
    return Object.fromEntries(own.map(([key, part]) => [key, this.known(part, properties[key]!)]));
  }
}

/** Returns whether a schema describes the fields of an object that has no name. */
function holdsObject({ properties, items, anyOf = [], additionalProperties: rest }: SchemaDocument): boolean {
  const inner = [...anyOf, ...(items === undefined ? [] : [items]), ...(typeof rest === 'object' ? [rest] : [])];
  return properties !== undefined || inner.some(holdsObject);
}

function mapped(record: object, map: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** Returns the member of a union that the discriminator of a value names; a type of which nothing is known if it names none. */
function memberOf(value: unknown, schema: SchemaDocument): SchemaDocument {
  const tag = Object(value)[schema['x-discriminator'] ?? ''] as unknown;
  return schema.anyOf!.find((member) => tag !== undefined && tagOfMember(member, schema) === tag) ?? {};
}

/** Creates a checker of values as codecs decode them. Types that a codec carries as themselves are checked by their class. */
function ajvOfValues(): Ajv2020 {
  const kinds = Object.values(VALUE_KINDS).filter(({ schema }) => schema['x-codec'] !== undefined);
  const byCodec = new Map(kinds.map((kind) => [kind.schema['x-codec'], kind]));
  return newAjv({ strict: false, validateFormats: false, allErrors: true }).addKeyword({
    keyword: 'x-codec',
    compile: (codec: string) => byCodec.get(codec)?.is ?? (() => true),
    error: { message: ({ schema }) => byCodec.get(schema as string)?.message ?? 'does not fit' },
  });
}

/** Turns a schema of encoded values into one of decoded values: a date is not a text. */
function asValues(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(asValues);
  const { type, format, ...rest } = schema as Record<string, unknown>;
  if ('x-codec' in rest) return [type].flat().includes('null') ? { anyOf: [rest, { type: 'null' }] } : rest;
  return Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, asValues(part)]));
}
