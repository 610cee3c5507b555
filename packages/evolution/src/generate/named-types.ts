/** Writes the named types of a generated client: classes with decorators, errors, and aliases. */

import type { ErrorDocument, MethodDocument, SchemaDocument } from '@concord-rpc/core/engine';
import { changeMarks } from '../document/change-marks';
import type { IsClass } from '../document/type-plan';
import { referredName, typesOf } from '../document/type-reference';
import { parseEndpointKey, readVersion, sinceFor } from '../document/versions';
import { changeDecorator } from './change-decorator';
import { fieldDecorators } from './field-decorators';
import type { NamedContract } from './identifiers';
import { identifierOf, keyOf, literal, prose, typeSource } from './type-source';

/** The source of the named types of an endpoint, which of them are classes, and the classes of errors without data. */
export interface NamedTypes {
  readonly source: string;
  readonly isClass: IsClass;
  readonly errors: NamedContract['errors'];
}

/** Returns the named types of a contract of one endpoint. */
export function namedTypes({ contract, errors: words }: NamedContract, key: string): NamedTypes {
  const types = typesOf(contract);
  const isClass: IsClass = (name) => Object.hasOwn(types, name) && isFields(types[name]!);
  const errors = errorsOf(Object.values(contract.endpoints[key]!.methods), isClass);
  const sources = [
    ...Object.entries(types).map(([name, schema]) =>
      typeDeclaration(name, schema, { key, isClass, isError: errors.data.has(name) }),
    ),
    ...[...errors.bare].map((name) => `/** An error that servers declare. */\nexport class ${words.get(name)!} extends Error {}`),
  ];
  const decorators = Object.entries(types).flatMap(([name, schema]) =>
    isClass(name) ? [...naming(name), ...decorating(name, schema, key, isClass)] : [],
  );
  const registration = decorators.length === 0 ? [] : [[FIELD, '', ...decorators].join('\n')];
  return { source: [...sources, ...registration].join('\n\n'), isClass, errors: words };
}

const FIELD = `/** Adds decorators to a field: its constraints, and the version that introduced it. */
function field(type: concord.Class, name: string, ...decorators: ((prototype: object, name: string) => void)[]): void {
  for (const decorate of decorators) decorate(type.prototype as object, name);
}`;

/** Names that a class cannot have as fields. A type with such a field is an alias. */
const NOT_FIELDS: ReadonlySet<string> = new Set(['constructor', '__proto__']);

/** Returns whether a type is an object with declared fields that a class can have. */
function isFields(schema: SchemaDocument): boolean {
  const names = Object.keys(schema.properties ?? {});
  return names.length > 0 && !names.some((name) => NOT_FIELDS.has(name));
}

/** Returns the named type of an error's data, which is then the class of the error; `undefined` if the data is no class. */
export function errorDataType({ data = {} }: ErrorDocument, isClass: IsClass): string | undefined {
  const name = referredName(data);
  return name !== undefined && isClass(name) ? name : undefined;
}

/** Returns the types that are data of errors, and the names of the other errors. */
function errorsOf(
  methods: readonly MethodDocument[],
  isClass: IsClass,
): {
  readonly data: ReadonlySet<string | undefined>;
  readonly bare: ReadonlySet<string>;
} {
  const declared = methods.flatMap(({ errors = {} }) => Object.entries(errors));
  const types = declared.map(([code, error]) => [code, errorDataType(error, isClass)] as const);
  return {
    data: new Set(types.map(([, type]) => type)),
    bare: new Set(types.flatMap(([code, type]) => (type === undefined ? [code] : []))),
  };
}

interface Declaring {
  readonly key: string;
  readonly isClass: IsClass;
  readonly isError: boolean;
}

function typeDeclaration(name: string, schema: SchemaDocument, { key, isClass, isError }: Declaring): string {
  const own = identifierOf(name);
  const about = `/** ${schema.description === undefined ? (isError ? 'An error that servers declare.' : `The type ${own} of the contract.`) : prose(schema.description)} */`;
  if (!isClass(name)) return `${about}\nexport type ${own} = ${typeSource(schema)};`;
  const fields = Object.entries(schema.properties!).map(([field, type]) => {
    const late = lateSince(type, key);
    const isOptional = schema.required?.includes(field) !== true || late !== undefined;
    const doc = late === undefined ? '' : `  /** Since ${prose(late)}: older servers neither accept nor return it. */\n`;
    return `${doc}  ${keyOf(field)}${isOptional ? '?' : '!'}: ${typeSource(type)};`;
  });
  return `${about}\nexport class ${own}${isError ? ' extends Error' : ''} {\n${fields.join('\n')}\n}`;
}

/** States the name of a class, so that it stays when the generated file is minified. */
function naming(name: string): readonly string[] {
  return identifierOf(name) === name ? [`concord.Dto({ name: '${name}' })(${name});`] : [];
}

function decorating(name: string, schema: SchemaDocument, key: string, isClass: IsClass): readonly string[] {
  return Object.entries(schema.properties!).map(([field, type]) => {
    const late = lateSince(type, key);
    const isOptional = schema.required?.includes(field) !== true;
    const decorators = [
      ...(late === undefined
        ? []
        : [`concord.Since(${literal(late)}${type['x-droppable'] === true ? ', { droppable: true }' : ''})`]),
      ...changeMarks(type, key, isOptional).map(changeDecorator),
      ...fieldDecorators(type, isOptional, isClass),
    ];
    return `field(${identifierOf(name)}, ${literal(field)}, ${decorators.join(', ')});`;
  });
}

/** Returns the version of a field that was added after the first version of its major. */
function lateSince(schema: SchemaDocument, key: string): string | undefined {
  const since = sinceFor(schema['x-since'], key);
  const version = readVersion(since);
  return version === undefined || (version.major === parseEndpointKey(key).major && version.minor === 0) ? undefined : since;
}
