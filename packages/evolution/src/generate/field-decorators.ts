/** Writes the constraints of a field as decorators of class-validator, the reverse of `contractOf`. */
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { referredName } from '../document/type-reference';
import { identifierOf, literal, memberIn, type UnionSource, unionSource } from './type-source';

/** Returns whether a named type is a class of the generated file. */
export type IsClass = (name: string) => boolean;

type KeywordDecorator = readonly [keyword: keyof SchemaDocument, decorator: (value: any) => string | undefined];

const TYPES: Readonly<Record<string, string>> = {
  string: 'IsString',
  integer: 'IsInt',
  number: 'IsNumber',
  boolean: 'IsBoolean',
  object: 'IsObject',
  array: 'IsArray',
};

const FORMATS: Readonly<Record<string, string>> = {
  ...{ uuid: 'IsUUID', email: 'IsEmail', uri: 'IsUrl', hostname: 'IsFQDN', ip: 'IsIP', 'date-time': 'IsISO8601' },
  ...{ mac: 'IsMACAddress', number: 'IsNumberString', port: 'IsPort', json: 'IsJSON', base64: 'IsBase64', semver: 'IsSemVer' },
  ...{ alpha: 'IsAlpha', alphanumeric: 'IsAlphanumeric', ascii: 'IsAscii', hexadecimal: 'IsHexadecimal', timezone: 'IsTimeZone' },
};

const VERSIONED_IP = /^ipv([46])$/;

const ROWS: readonly KeywordDecorator[] = [
  ['format', (name: string) => formatCall(name)],
  ['enum', (values: readonly unknown[]) => `IsIn(${literal(values)}`],
  ['const', (value: unknown) => `Equals(${literal(value)}`],
  ['minimum', (value: number) => `Min(${Number(value)}`],
  ['maximum', (value: number) => `Max(${Number(value)}`],
  ['exclusiveMinimum', (value: number) => (value === 0 ? 'IsPositive(' : undefined)],
  ['exclusiveMaximum', (value: number) => (value === 0 ? 'IsNegative(' : undefined)],
  ['multipleOf', (value: number) => `IsDivisibleBy(${Number(value)}`],
  ['minLength', (value: number) => `MinLength(${Number(value)}`],
  ['maxLength', (value: number) => `MaxLength(${Number(value)}`],
  ['pattern', (pattern: string) => `Matches(new RegExp(${literal(pattern)})`],
  ['minItems', (value: number) => `ArrayMinSize(${Number(value)}`],
  ['maxItems', (value: number) => `ArrayMaxSize(${Number(value)}`],
  ['uniqueItems', (value: boolean) => (value ? 'ArrayUnique(' : undefined)],
  ['minProperties', (value: number) => (value === 1 ? 'IsNotEmptyObject(' : undefined)],
];

function formatCall(name: string): string | undefined {
  const [, version] = VERSIONED_IP.exec(name) ?? [];
  if (version !== undefined) return `IsIP(${version}`;
  const decorator = memberIn(FORMATS, name);
  return decorator && `${decorator}(`;
}

/** Returns the source of a field's decorators, in order. A constraint that class-validator does not have becomes `Allow`. */
export function fieldDecorators(schema: SchemaDocument, isOptional: boolean, isClass: IsClass): readonly string[] {
  const own = decoratorsOf(schema, isClass) ?? ['valid.Allow()'];
  return isOptional ? ['valid.IsOptional()', ...own] : own;
}

function decoratorsOf(schema: SchemaDocument, isClass: IsClass): readonly string[] | undefined {
  const name = referredName(schema);
  if (name !== undefined) return isClass(name) ? nested('', identifierOf(name)) : undefined;
  const union = unionSource(schema, isClass);
  if (union !== undefined) return nested('', 'Object', discriminator(union));
  if (schema.anyOf !== undefined || Array.isArray(schema.type) || schema.properties !== undefined) return undefined;
  if (schema['x-codec'] !== undefined) return schema['x-codec'] === 'timestamp' ? ['valid.IsDate()'] : undefined;
  if (schema.type === 'array') return arrayDecorators(schema, isClass);
  const calls = callsOf(schema);
  return calls.length === 0 ? undefined : calls.map((call) => `valid.${call})`);
}

function arrayDecorators(schema: SchemaDocument, isClass: IsClass): readonly string[] {
  const list = callsOf(schema).map((call) => `valid.${call})`);
  const { items = {} } = schema;
  const name = referredName(items);
  if (name !== undefined) return isClass(name) ? [...list, ...nested('{ each: true }', identifierOf(name))] : list;
  const union = unionSource(items, isClass);
  if (union !== undefined) return [...list, ...nested('{ each: true }', 'Object', discriminator(union))];
  if (items['x-codec'] !== undefined) return items['x-codec'] === 'timestamp' ? [...list, 'valid.IsDate({ each: true })'] : list;
  if (items.anyOf !== undefined || Array.isArray(items.type) || items.type === 'array') return list;
  return [...list, ...callsOf(items).map((call) => `valid.${withEach(call)})`)];
}

function nested(options: string, type: string, discriminated = ''): readonly string[] {
  return [`valid.ValidateNested(${options})`, `Type(() => ${type}${discriminated})`];
}

/** Writes the options of `@Type` for a union. */
function discriminator({ property, members }: UnionSource): string {
  const subTypes = members.map(([tag, type]) => `{ name: ${literal(tag)}, value: ${type} }`).join(', ');
  return `, { keepDiscriminatorProperty: true, discriminator: { property: ${literal(property)}, subTypes: [${subTypes}] } }`;
}

/** Returns calls without the closing parenthesis, so that options can be appended. */
function callsOf(schema: SchemaDocument): readonly string[] {
  const rows = ROWS.flatMap(([keyword, decorator]) => (keyword in schema ? (decorator(schema[keyword]) ?? []) : []));
  const type = typeof schema.type === 'string' && schema.format === undefined ? memberIn(TYPES, schema.type) : undefined;
  return type === undefined ? rows : [`${type}(`, ...rows];
}

/** Decorators that take an argument before their options. */
const FIRST: Readonly<Record<string, string>> = {
  ...{ IsNumber: '{}', IsUUID: 'undefined', IsEmail: '{}', IsUrl: '{}', IsFQDN: '{}', IsISO8601: '{}', IsMACAddress: '{}' },
  ...{ IsNumberString: '{}', IsBase64: '{}', IsAlpha: 'undefined', IsAlphanumeric: 'undefined', IsIP: 'undefined' },
  IsNotEmptyObject: '{}',
};

function withEach(call: string): string {
  const isEmpty = call.endsWith('(');
  const first = memberIn(FIRST, call.slice(0, -1));
  return `${call}${isEmpty ? (first === undefined ? '' : `${first}, `) : ', '}{ each: true }`;
}
