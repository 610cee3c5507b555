/** Results that schemas of libraries state: the output of the schema, without properties that the contract does not declare. */
import { type Findings, formatViolations } from '../schema/check';
import { checkBySchema } from '../schema/schema-check';
import type { JsonSchema } from '../standard/schema-document';
import type { SchemaRef } from '../standard/schema-ref';

/** No codec carries deeper values. */
const DEEPEST = 64;

/**
 * Returns the output of a result's schema, as it is sent.
 *
 * @throws Error with the first violations if the schema refuses the result
 */
export function schemaOutput({ schema, document }: SchemaRef, value: unknown): unknown {
  const findings: Findings = { violations: [], stripped: 0 };
  const output = checkBySchema(schema, value, 'result', findings);
  if (findings.violations.length === 0) return declaredParts(output, document);
  throw new Error(`the schema of the result refuses the value of the handler: ${formatViolations(findings.violations)}`);
}

/**
 * Returns a value without properties that its schema does not declare; the same value if it has none. In a union a property is declared if
 * one of the members declares it.
 */
export function declaredParts(value: unknown, document: JsonSchema): unknown {
  return declaredBy(value, [document], 0);
}

function declaredBy(value: unknown, schemas: readonly JsonSchema[], depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
  const members = schemas.flatMap((schema) => (schema.anyOf as readonly JsonSchema[] | undefined) ?? [schema]);
  if (Array.isArray(value)) {
    const items = members.map((member) => member.items as JsonSchema | undefined).filter(isPresent);
    const cut = value.map((item) => declaredBy(item, items, depth + 1));
    return cut.every((item, index) => item === value[index]) ? value : cut;
  }
  const objects = members.filter(({ properties, additionalProperties }) => properties ?? additionalProperties);
  return objects.length === 0 ? value : declaredFields(value as Readonly<Record<string, unknown>>, objects, depth);
}

function declaredFields(value: Readonly<Record<string, unknown>>, objects: readonly JsonSchema[], depth: number): unknown {
  const isOpen = objects.some(({ additionalProperties }) => additionalProperties === true);
  const kept: [string, unknown][] = [];
  let isSame = true;
  for (const key of Object.keys(value)) {
    const schemas = objects.map((object) => fieldOf(object, key)).filter(isPresent);
    if (schemas.length === 0 && !isOpen) {
      isSame = false;
      continue;
    }
    const part = declaredBy(value[key], schemas, depth + 1);
    isSame &&= part === value[key];
    kept.push([key, part]);
  }
  return isSame ? value : Object.fromEntries(kept);
}

function fieldOf({ properties, additionalProperties: rest }: JsonSchema, key: string): JsonSchema | undefined {
  if (properties !== undefined && Object.hasOwn(properties as object, key)) return (properties as JsonSchema)[key] as JsonSchema;
  return typeof rest === 'object' ? (rest as JsonSchema) : undefined;
}

function isPresent(schema: JsonSchema | undefined): schema is JsonSchema {
  return schema !== undefined;
}
