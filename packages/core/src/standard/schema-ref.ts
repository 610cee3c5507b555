/** Reads a schema of a library as a type of a contract: its JSON Schema, and whether null and nothing are values of it. */
import { safeText } from '../errors/safe-text';
import { type DocumentDirection, documentOf, type JsonSchema, jsonTypesOf, NotStatable } from './schema-document';
import { runSchema, type StandardSchema, vendorOf } from './standard-schema';

/** The values that a contract describes: those before the schema, those after it, or `both` where they must be the same. */
export type SchemaSide = DocumentDirection | 'both';

/** A type that a schema of a library states. */
export interface SchemaRef {
  readonly kind: 'schema';
  readonly schema: StandardSchema;
  readonly side: SchemaSide;
  /** The schema in contract files. */
  readonly document: JsonSchema;
  readonly takesNull: boolean;
  /** True if the schema accepts a value that is left out, perhaps with a default. */
  readonly takesNothing: boolean;
}

/** The target of converters: the version of JSON Schema that contract files use. */
const TARGET = { target: 'draft-2020-12' };

/** The packages that convert the schemas of libraries which do not carry JSON Schema, with the line to write. */
const CONVERTERS: Readonly<Record<string, string>> = {
  valibot: 'install @valibot/to-json-schema, and write toStandardJsonSchema(schema) in place of schema',
};

/** A schema that a contract cannot have: the end of a sentence about the part that states it. */
interface RefusedSchema {
  readonly problem: string;
}

/** The types of schemas that were read: a program compiles a contract for each of its clients and servers. */
const read = new WeakMap<StandardSchema, Map<SchemaSide, SchemaRef | RefusedSchema>>();

/** Returns the type that a schema states, or the reason why a contract cannot have it. */
export function schemaRefOf(schema: StandardSchema, side: SchemaSide): SchemaRef | RefusedSchema {
  let bySide = read.get(schema);
  if (bySide === undefined) read.set(schema, (bySide = new Map()));
  let type = bySide.get(side);
  if (type === undefined) bySide.set(side, (type = readSchema(schema, side)));
  return type;
}

function readSchema(schema: StandardSchema, side: SchemaSide): SchemaRef | RefusedSchema {
  const { version } = schema['~standard'] as { readonly version: unknown };
  const its = `its ${vendorOf(schema)} schema`;
  if (version !== 1) return { problem: `${its} follows version ${String(version)} of Standard Schema; Concord knows version 1` };
  const onNothing = runSchema(schema, undefined);
  if ('failure' in onNothing && onNothing.isAsynchronous) {
    return { problem: `${its} is asynchronous, but values are checked synchronously: make this check in the handler` };
  }
  const own = readDocument(schema, side === 'output' ? 'output' : 'input');
  const other = side === 'both' ? readDocument(schema, 'output') : own;
  if ('problem' in own || 'problem' in other)
    return { problem: `${its} ${('problem' in own ? own : (other as RefusedSchema)).problem}` };
  if (asOutput(own.document) !== asOutput(other.document)) {
    return {
      problem: `${its} has another JSON Schema for its input than for its output, and a field has one form: state the schema as the type of an argument or a result`,
    };
  }
  const { document } = own;
  const takesNull = jsonTypesOf(document).includes('null');
  const takesNothing = !('failure' in onNothing) && onNothing.issues === undefined;
  return { kind: 'schema', schema, side, document, takesNull, takesNothing };
}

/** Reads one JSON Schema of a schema, in the profile of contract files, or the reason why there is none. */
function readDocument(schema: StandardSchema, direction: DocumentDirection): { readonly document: JsonSchema } | RefusedSchema {
  const { jsonSchema } = schema['~standard'] as {
    readonly jsonSchema?: Readonly<Record<DocumentDirection, (options: object) => unknown>>;
  };
  if (typeof jsonSchema?.[direction] !== 'function') {
    const vendor = vendorOf(schema);
    const remedy = Object.hasOwn(CONVERTERS, vendor)
      ? CONVERTERS[vendor]
      : `use a newer ${vendor}, or its converter to Standard JSON Schema`;
    return { problem: `does not carry JSON Schema: ${remedy}` };
  }
  try {
    return { document: documentOf(jsonSchema[direction](TARGET), direction) };
  } catch (thrown) {
    if (thrown instanceof NotStatable) return { problem: thrown.message };
    return {
      problem: `has no JSON Schema for its ${direction}: ${safeText(thrown instanceof Error ? thrown.message : String(thrown), 256)}`,
    };
  }
}

/** Writes a document as text, without the keywords that only inputs have. */
function asOutput(document: JsonSchema): string {
  return JSON.stringify(document, (key, value: unknown) =>
    (key === 'default' || key === 'additionalProperties') && (key === 'default' || value === false) ? undefined : value,
  );
}
