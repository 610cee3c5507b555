/** Checks a value against the schema of its kind of file. Problems are sentences with positions. */

import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020';
import { type Node, parseTree } from 'jsonc-parser';
import { newAjv } from '../document/new-ajv';
import { visibleText } from '../document/visible-text';
import { nodeAt, type Position, positionAt } from '../source/source-text';
import { CHECK_OPTIONS } from './check-options';
import { CONTRACT_SCHEMA } from './contract-schema';

/** One problem of a file. */
export interface Problem extends Position {
  readonly message: string;
}

/** A kind of file. */
export interface DocumentForm {
  /** The name of the kind in the plural, for error messages. */
  readonly is: string;
  /** Its JSON Schema. */
  readonly schema: object;
}

/** The most problems that are reported of one file. */
export const MOST_PROBLEMS = 10;

/** The longest text, in characters, of which all problems are collected. Collecting takes time in proportion to their square. */
const LONGEST_COLLECTED = 100_000;

/** The check that ends at the first problem, and the one that collects all. */
const compiled = { first: new WeakMap<object, ValidateFunction>(), all: new WeakMap<object, ValidateFunction>() };

function validatorOf(schema: object, extent: keyof typeof compiled): ValidateFunction {
  const known = compiled[extent].get(schema) ?? compile(schema, extent);
  compiled[extent].set(schema, known);
  return known;
}

function compile(schema: object, extent: keyof typeof compiled): ValidateFunction {
  if (schema === CONTRACT_SCHEMA && extent === 'first')
    return (require('./contract-check') as typeof import('./contract-check')).checkContract; // compiled when it is needed
  return newAjv({ ...CHECK_OPTIONS, allErrors: extent === 'all' }).compile(schema);
}

/** Returns the problems of a value, at most ten; none if it fits the schema. */
export function schemaProblems(value: unknown, text: string, { is, schema }: DocumentForm): Problem[] {
  const first = validatorOf(schema, 'first');
  if (first(value)) return [];
  const all = text.length > LONGEST_COLLECTED ? first : validatorOf(schema, 'all');
  all(value);
  const root = parseTree(text);
  const errors = (all.errors ?? []).filter(({ keyword }) => !WRAPPERS.has(keyword));
  return errors.slice(0, MOST_PROBLEMS).map((error) => problemOf(error, is, root, text));
}

/** Errors that only report that other errors exist inside. */
const WRAPPERS: ReadonlySet<string> = new Set(['anyOf', 'propertyNames']);

function problemOf(error: ErrorObject, is: string, root: Node | undefined, text: string): Problem {
  const path = error.instancePath.split('/').slice(1).map(unescaped);
  const at = path.map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
  const extra = error.params['additionalProperty'] ?? error.propertyName;
  const node = nodeAt(root, extra === undefined ? at : [...at, extra]);
  const where = visibleText(path.join('/')) || 'the document';
  return { ...positionAt(text, node?.offset ?? 0), message: sentenceOf(error, where, is) };
}

function sentenceOf(error: ErrorObject, where: string, is: string): string {
  const { keyword, params, message, data, propertyName, parentSchema } = error;
  const value = shown(data);
  const expected = keyword === 'pattern' ? parentSchema?.['description'] : undefined;
  if (propertyName !== undefined) return `${where} has the key ${shown(propertyName)}; it ${expected ?? message}`;
  if (keyword === 'additionalProperties') {
    return `${where} has ${shown(params['additionalProperty'])}, which is not a key of ${is}`;
  }
  if (keyword === 'required') return `${where} lacks ${JSON.stringify(params['missingProperty'])}`;
  if (keyword === 'enum') return `${where} must be one of ${params['allowedValues'].join(', ')}; it is ${value}`;
  if (keyword === 'const') return `${where} must be ${JSON.stringify(params['allowedValue'])}; it is ${value}`;
  return `${where} ${expected ?? message}; it is ${value}`;
}

/** Writes a value for an error message: its first 60 characters, on one line. */
export function shown(value: unknown): string {
  return visibleText(JSON.stringify(value)?.slice(0, 60) ?? '');
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
