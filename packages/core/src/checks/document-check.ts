/** Checks of values by a schema of contract files, for results of schemas of libraries: a client does not run these on their own output. */
import { quote } from '../errors/quote';
import { safeText } from '../errors/safe-text';
import { type Check, type Findings, isFull } from '../schema/check';
import { brokenLimit, LIMIT_KEYWORDS } from '../schema/limits';
import { isSingleObject } from '../schema/value-kinds';
import type { JsonSchema } from '../standard/schema-document';

/** Longest key in a path, in characters: a server chooses the keys of a dictionary. */
const LONGEST_KEY = 64;

/** The largest distance from a whole number that counts as rounding: 0.3 is a multiple of 0.1. */
const ROUNDING = 1e-9;

const MEASURED = LIMIT_KEYWORDS.filter((keyword) => keyword !== 'items');

/** Returns the check of a schema without references. Every keyword of contract files but `format` is checked. The value stays as it is. */
export function compileDocumentCheck(document: JsonSchema): Check {
  return (value, path, findings) => {
    checkPart(value, document, path, findings);
    return value;
  };
}

function checkPart(value: unknown, schema: JsonSchema, path: string, findings: Findings): void {
  if (isFull(findings)) return;
  const message = problemOf(value, schema);
  if (message !== undefined) findings.violations.push({ path, message });
  else if (schema.anyOf !== undefined) checkMember(value, schema, path, findings);
  else if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return;
    for (let index = 0; index < value.length && !isFull(findings); index++) {
      checkPart(value[index], items as JsonSchema, `${path}[${index}]`, findings);
    }
  } else if (isObject(value)) checkFields(value, schema, path, findings);
}

/** Checks the member of a union that the discriminator names; else the value must fit one of the members. */
function checkMember(value: unknown, schema: JsonSchema, path: string, findings: Findings): void {
  const members = schema.anyOf as readonly JsonSchema[];
  const property = schema['x-discriminator'] as string | undefined;
  const named =
    property === undefined || !isObject(value) ? undefined : members.find((each) => tagOf(each, property) === value[property]);
  if (named !== undefined) {
    checkPart(value, named, path, findings);
    return;
  }
  const fits = members.some((member) => {
    const own: Findings = { violations: [], stripped: 0 };
    checkPart(value, member, path, own);
    return own.violations.length === 0;
  });
  if (!fits) findings.violations.push({ path, message: 'must fit one of the members of its union' });
}

function tagOf({ properties }: JsonSchema, property: string): unknown {
  return ((properties as JsonSchema | undefined)?.[property] as JsonSchema | undefined)?.const;
}

function checkFields(value: Readonly<Record<string, unknown>>, schema: JsonSchema, path: string, findings: Findings): void {
  const { properties = {}, required = [], additionalProperties: rest } = schema;
  for (const name of required as readonly string[]) {
    if (!Object.hasOwn(value, name) && !isFull(findings))
      findings.violations.push({ path: `${path}.${name}`, message: 'is required' });
  }
  for (const key of Object.keys(value)) {
    const declared = Object.hasOwn(properties as object, key) ? (properties as JsonSchema)[key] : rest;
    if (typeof declared === 'object')
      checkPart(value[key], declared as JsonSchema, `${path}.${safeText(key, LONGEST_KEY)}`, findings);
  }
}

/** Returns the message of the first keyword that a value breaks by itself; `undefined` if it breaks none. */
function problemOf(value: unknown, schema: JsonSchema): string | undefined {
  const types = schema.type === undefined ? [] : ([schema.type].flat() as string[]);
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) return `must be ${types.join(' or ')}`;
  const listed = 'const' in schema ? [schema.const] : (schema.enum as readonly unknown[] | undefined);
  if (listed !== undefined && !listed.includes(value)) return `must be one of ${listed.map(quote).join(', ')}`;
  for (const keyword of MEASURED) {
    const broken = schema[keyword] === undefined ? undefined : brokenLimit(value, keyword, schema[keyword] as number);
    if (broken !== undefined) return broken;
  }
  const { multipleOf, pattern, uniqueItems, minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema;
  if (typeof value === 'number' && multipleOf !== undefined && !isMultiple(value, multipleOf as number))
    return `must be a multiple of ${multipleOf}`;
  if (typeof value === 'string' && pattern !== undefined && !matches(value, pattern as string)) return 'must match its pattern';
  if (Array.isArray(value) && uniqueItems === true && new Set(value.map((item) => JSON.stringify(item))).size < value.length)
    return 'must have no item twice';
  const count = isObject(value) ? Object.keys(value).length : undefined;
  const isCounted = count === undefined || (count >= (minProperties as number) && count <= (maxProperties as number));
  return isCounted ? undefined : `must have ${minProperties} to ${maxProperties} properties`;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return Math.abs(quotient - Math.round(quotient)) <= ROUNDING;
}

/** Returns whether a text has a match. A malformed pattern matches every text. */
function matches(text: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return true;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isSingleObject(value);
}
