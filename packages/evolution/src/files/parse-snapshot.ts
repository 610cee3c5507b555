/** Reads contract files and checks them against their schema. Problems are reported with file, line and column. */

import type { ContractDocument } from '@concord-rpc/core';
import Ajv2020, { type ErrorObject } from 'ajv/dist/2020';
import { type Node, parseTree, printParseErrorCode, visit } from 'jsonc-parser';
import { nodeAt, type Position, positionAt } from '../source/source-text';
import { CONTRACT_SCHEMA } from './contract-schema';
import { methodsWithBoth, withModes } from './former-kinds';

/** One problem of a file. */
export interface Problem extends Position {
  readonly message: string;
}

/** A file that cannot be read, with the position of every problem. */
export class UnreadableFile extends Error {
  constructor(
    readonly fileName: string,
    readonly problems: readonly Problem[],
  ) {
    super(problems.map(({ line, column, message }) => `${fileName}:${line}:${column}: ${message}`).join('\n'));
    this.name = 'UnreadableFile';
  }
}

const MOST_PROBLEMS = 10;

const CONTRACT_FORM: DocumentForm = { is: 'contract files', schema: CONTRACT_SCHEMA };

/**
 * Reads the text of a contract file. Earlier releases wrote the mode of a method as `kind`; `kind` is read as `mode`, because
 * contract files stand in the repositories of users, with baselines in their history that are compared for years. Files are always
 * written with `mode`.
 *
 * @throws UnreadableFile if the text is not JSON, repeats a key, does not fit the schema of contract files, or if a method has both
 * `kind` and `mode`.
 */
export function parseSnapshot(text: string, fileName: string): ContractDocument {
  const written = parseJson(text, fileName);
  const twice = methodsWithBoth(written).map((path) => {
    const { offset } = nodeAt(parseTree(text), [...path, 'kind'])!;
    return { ...positionAt(text, offset), message: `${path.join('/')} has both "kind" and "mode"; remove "kind"` };
  });
  if (twice.length > 0) throw new UnreadableFile(fileName, twice.slice(0, MOST_PROBLEMS));
  return checked<ContractDocument>(withModes(written), text, fileName, CONTRACT_FORM);
}

/** A kind of file. */
export interface DocumentForm {
  /** The name of the kind in the plural, for error messages. */
  readonly is: string;
  /** Its JSON Schema. */
  readonly schema: object;
}

/**
 * Reads the text of a JSON file and checks it against a schema.
 *
 * @throws UnreadableFile if the text is not JSON, repeats a key, or does not fit the schema.
 */
export function parseDocument<T>(text: string, fileName: string, form: DocumentForm): T {
  return checked<T>(parseJson(text, fileName), text, fileName, form);
}

function checked<T>(value: unknown, text: string, fileName: string, form: DocumentForm): T {
  const problems = schemaProblems(value, text, form);
  if (problems.length > 0) throw new UnreadableFile(fileName, problems.slice(0, MOST_PROBLEMS));
  return value as T;
}

/**
 * Reads a JSON text without repeated keys.
 *
 * @throws UnreadableFile if the text is not JSON or repeats a key.
 */
export function parseJson(text: string, fileName: string): unknown {
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (content.trim() === '') throw new UnreadableFile(fileName, [{ line: 1, column: 1, message: 'not JSON: the file is empty' }]);
  const value = soundValue(content);
  if (value !== undefined) return value;
  const problems = problemsOf(content);
  if (problems.length > 0) throw new UnreadableFile(fileName, problems.slice(0, MOST_PROBLEMS));
  return JSON.parse(content);
}

/**
 * Returns the value of a valid text, or `undefined` if the text may have a problem. This is much faster than to look for
 * problems.
 */
function soundValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const written = text.match(/"(?:[^"\\]|\\.)*"(?=\s*:)/g)?.length ?? 0;
    return written === keysIn(value, DEEPEST) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Counts the keys of a value and of everything inside it. Returns NaN if the value is nested more deeply than `depth`. */
function keysIn(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === 0) return Number.NaN;
  const members = Object.values(value);
  let count = Array.isArray(value) ? 0 : members.length;
  for (const member of members) count += keysIn(member, depth - 1);
  return count;
}

/** Turns `PropertyNameExpected` into words. */
function inWords(code: string): string {
  return code.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

/** The maximum depth of a file. It is far above the depth of any contract, and low enough for recursion. */
const DEEPEST = 200;

class TooDeep extends Error {
  constructor(readonly position: Position) {
    super();
  }
}

function problemsOf(text: string): Problem[] {
  try {
    return syntaxProblems(text);
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    return [{ ...error.position, message: `the value is nested more than ${DEEPEST} levels deep` }];
  }
}

function repeated(key: string): string {
  return `the key ${JSON.stringify(key)} appears twice in one object; keep one of them`;
}

/** Returns the first syntax error, or every repeated key. */
function syntaxProblems(text: string): Problem[] {
  const errors: Problem[] = [];
  const twice: Problem[] = [];
  const objects: Set<string>[] = [];
  let depth = 0;
  const enter = (offset: number) => {
    if (++depth > DEEPEST) throw new TooDeep(positionAt(text, offset));
  };
  visit(
    text,
    {
      onError: (code, offset) =>
        errors.push({ ...positionAt(text, offset), message: `not JSON: ${inWords(printParseErrorCode(code))}` }),
      onObjectBegin: (offset) => {
        enter(offset);
        objects.push(new Set());
      },
      onObjectEnd: () => {
        depth--;
        objects.pop();
      },
      onArrayBegin: enter,
      onArrayEnd: () => {
        depth--;
      },
      onObjectProperty: (key, offset) => {
        const keys = objects.at(-1)!;
        if (keys.has(key)) twice.push({ ...positionAt(text, offset), message: repeated(key) });
        keys.add(key);
      },
    },
    { disallowComments: true },
  );
  return errors.length > 0 ? errors.slice(0, 1) : twice;
}

/**
 * The schemas of this package are valid and are used once or twice, so checking and optimising them would cost more than it
 * saves.
 */
const OPTIONS = { allErrors: true, strict: false, verbose: true, validateSchema: false, code: { optimize: false } } as const;

const compiled = new WeakMap<object, ReturnType<Ajv2020['compile']>>();

function schemaProblems(value: unknown, text: string, { is, schema }: DocumentForm): Problem[] {
  const validate = compiled.get(schema) ?? new Ajv2020(OPTIONS).compile(schema);
  compiled.set(schema, validate);
  if (validate(value)) return [];
  const root = parseTree(text);
  const errors = (validate.errors ?? []).filter(({ keyword }) => !WRAPPERS.has(keyword));
  return errors.map((error) => problemOf(error, is, root, text));
}

/** Errors that only report that other errors exist inside. */
const WRAPPERS: ReadonlySet<string> = new Set(['anyOf', 'propertyNames']);

function problemOf(error: ErrorObject, is: string, root: Node | undefined, text: string): Problem {
  const path = error.instancePath.split('/').slice(1).map(unescaped);
  const at = path.map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
  const extra = error.params['additionalProperty'] ?? error.propertyName;
  const node = nodeAt(root, extra === undefined ? at : [...at, extra]);
  return { ...positionAt(text, node?.offset ?? 0), message: sentenceOf(error, path.join('/') || 'the document', is) };
}

function sentenceOf({ keyword, params, message, data, propertyName }: ErrorObject, where: string, is: string): string {
  const value = JSON.stringify(data)?.slice(0, 60);
  if (propertyName !== undefined) return `${where} has the key ${JSON.stringify(propertyName)}; it must look like Name@1`;
  if (keyword === 'additionalProperties') {
    return `${where} has ${JSON.stringify(params['additionalProperty'])}, which is not a key of ${is}`;
  }
  if (keyword === 'required') return `${where} lacks ${JSON.stringify(params['missingProperty'])}`;
  if (keyword === 'enum') return `${where} must be one of ${params['allowedValues'].join(', ')}; it is ${value}`;
  if (keyword === 'const') return `${where} must be ${JSON.stringify(params['allowedValue'])}; it is ${value}`;
  return `${where} ${message}; it is ${value}`;
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
