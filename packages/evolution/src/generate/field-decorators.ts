/** Writes the constraints of a field as decorators of class-validator, the reverse of `contractOf`. */
import type { SchemaDocument } from '@concord-rpc/core/engine';
import { type IsClass, planOf, type TypePlan, withoutNull } from '../document/type-plan';
import { tokenSource } from './token-source';
import { literal, memberIn } from './type-source';

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
  const plan = planOf(schema, isClass);
  if (plan === undefined || isPlain(plan))
    return [...(isOptional ? [OPTIONAL] : []), ...(plan === undefined ? [ANY] : plainCalls(schema))];
  const present = withoutNull(schema);
  const calls = [...constraintsOf(present, false), ...(present.items === undefined ? [] : constraintsOf(present.items, true))];
  const condition = isOptional ? [OPTIONAL] : present !== schema && calls.length > 0 ? [NOT_NULL] : [];
  return [`concord.Field({ type: ${tokenSource(schema, isClass)!} })`, ...condition, ...calls];
}

const OPTIONAL = 'valid.IsOptional()';
const ANY = 'valid.Allow()';
const NOT_NULL = 'valid.ValidateIf((_, value) => value !== null)';

/** Single values that class-validator cannot state. */
const STATED: ReadonlySet<string> = new Set(['Uint8Array', 'BigInt']);

/** Returns whether class-validator can state a type: a single value, or a list of those. */
function isPlain(plan: TypePlan): boolean {
  if (plan.kind === 'array') return plan.inner.kind !== 'array' && isPlain(plan.inner);
  return plan.kind === 'enum' || (plan.kind === 'single' && !STATED.has(plan.name));
}

function plainCalls(schema: SchemaDocument): readonly string[] {
  if (schema.type === 'array') return [...callsOf(schema), ...callsOf(schema.items!).map((call) => withEach(call))].map(closed);
  return callsOf(schema).map(closed);
}

/** Returns the constraints of a type that `@Field` states. A number is restricted to integers by a decorator. */
function constraintsOf(schema: SchemaDocument, isItem: boolean): readonly string[] {
  if (
    schema['x-codec'] !== undefined ||
    schema['x-ts'] !== undefined ||
    schema.$ref !== undefined ||
    withoutNull(schema) !== schema
  )
    return [];
  const type = schema.type === 'integer' ? ['IsInt('] : [];
  return [...type, ...rowsOf(schema)].map((call) => closed(isItem ? withEach(call) : call));
}

function closed(call: string): string {
  return `valid.${call})`;
}

/** Returns calls without the closing parenthesis, so that options can be appended. */
function callsOf(schema: SchemaDocument): readonly string[] {
  if (schema['x-codec'] !== undefined || schema['x-ts'] === 'Date') return ['IsDate('];
  const type = typeof schema.type === 'string' && schema.format === undefined ? memberIn(TYPES, schema.type) : undefined;
  return type === undefined ? rowsOf(schema) : [`${type}(`, ...rowsOf(schema)];
}

function rowsOf(schema: SchemaDocument): readonly string[] {
  return ROWS.flatMap(([keyword, decorator]) => (keyword in schema ? (decorator(schema[keyword]) ?? []) : []));
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
