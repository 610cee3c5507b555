/** Checks of values by schemas of libraries: their issues become violations. */
import { safeText } from '../errors/safe-text';
import type { SchemaRef } from '../standard/schema-ref';
import { runSchema, type SchemaIssue, type StandardSchema } from '../standard/standard-schema';
import { type Check, type Findings, isFull } from './check';

/** The longest path and message of an issue, in characters. Schemas can repeat the value. */
const LONGEST = 256;
/** The most parts of a path, and the longest part in characters. */
const MOST_PARTS = 64;
const LONGEST_PART = 64;

/** Returns the check of a schema. It returns the output of the schema. */
export function compileSchemaCheck({ schema }: SchemaRef): Check {
  return (value, path, findings) => checkBySchema(schema, value, path, findings);
}

/** Returns the output of a schema. If the schema refuses the value, its issues are added to `findings`, and the value is returned. */
export function checkBySchema(schema: StandardSchema, value: unknown, path: string, findings: Findings): unknown {
  const result = runSchema(schema, value);
  if ('failure' in result) findings.violations.push({ path, message: `could not be validated: ${result.failure}` });
  else if (result.issues === undefined) return result.value;
  else addIssues(result.issues, path, findings);
  return value;
}

/** Adds issues as violations, until the findings are full. A list without issues is a refusal, too. */
function addIssues(issues: readonly SchemaIssue[], path: string, findings: Findings): void {
  const { violations } = findings;
  if (issues.length === 0) violations.push({ path, message: 'is refused by its schema' });
  for (const issue of issues) {
    if (isFull(findings)) return;
    violations.push({
      path: safeText(`${path}${pathOf(issue.path ?? [])}`, LONGEST),
      message: safeText(String(issue.message), LONGEST),
    });
  }
}

function pathOf(parts: NonNullable<SchemaIssue['path']>): string {
  let path = '';
  for (let index = 0; index < Math.min(parts.length, MOST_PARTS); index++) {
    const part = parts[index]!; // by index: the list can be of a class of the library, whose methods make others
    const key = typeof part === 'object' ? part.key : part;
    path += typeof key === 'number' ? `[${key}]` : `.${safeText(String(key), LONGEST_PART)}`;
  }
  return path;
}
