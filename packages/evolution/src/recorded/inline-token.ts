/** Objects without a name, as a contract file has them of schemas of libraries: each becomes such a schema again. */
import type { TypeToken } from '@concord-rpc/core';
import { type Check, type Findings, type SchemaDocument, typeRefOf } from '@concord-rpc/core/engine';

/** Returns a type of values that have the form of a schema; `undefined` if it names types or versions, which only classes have. */
export function inlineToken(schema: SchemaDocument, check: Check): TypeToken | undefined {
  const plain = plainForm(schema);
  if (plain === undefined) return undefined;
  const validate = (value: unknown) => {
    const findings: Findings = { violations: [], stripped: 0 };
    const checked = check(value, '', findings);
    if (findings.violations.length === 0) return { value: checked };
    return { issues: findings.violations.map(({ path, message }) => ({ message, path: path === '' ? [] : [path.slice(1)] })) };
  };
  const jsonSchema = { input: () => plain, output: () => plain };
  const token = { '~standard': { version: 1, vendor: 'concord', validate, jsonSchema } } as const;
  return typeRefOf(token).kind === 'unknown' ? undefined : token;
}

/** Returns a schema without marks of unions; `undefined` if it refers to a type, or has another keyword of contract files only. */
function plainForm(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  const form: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema as SchemaDocument)) {
    if (keyword === 'x-discriminator') continue;
    if (keyword === '$ref' || keyword.startsWith('x-')) return undefined;
    const inner = INNER[keyword]?.(value);
    if (inner === undefined && INNER[keyword] !== undefined) return undefined;
    form[keyword] = inner ?? value;
  }
  return form;
}

/** Keywords whose values are schemas. */
const INNER: Readonly<Record<string, (value: unknown) => unknown>> = {
  items: plainForm,
  additionalProperties: plainForm,
  anyOf: (members) => allOrNone(members as readonly unknown[]),
  properties: (fields) => {
    const names = Object.keys(fields as object);
    const forms = allOrNone(Object.values(fields as object));
    return forms && Object.fromEntries(names.map((name, index) => [name, forms[index]]));
  },
};

function allOrNone(schemas: readonly unknown[]): readonly unknown[] | undefined {
  const forms = schemas.map(plainForm);
  return forms.includes(undefined) ? undefined : forms;
}
