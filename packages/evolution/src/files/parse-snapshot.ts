/** Reads contract files and checks them against their schema. Problems are reported with file, line and column. */

import type { ContractDocument } from '@concord-rpc/core';
import { parseTree, printParseErrorCode, visit } from 'jsonc-parser';
import { type TooLargeType, tooLargeType } from '../document/expansion';
import { visibleText } from '../document/visible-text';
import { nodeAt, type Position, positionAt } from '../source/source-text';
import { CONTRACT_SCHEMA } from './contract-schema';
import { methodsWithBoth, withModes } from './former-kinds';
import { type DocumentForm, MOST_PROBLEMS, type Problem, schemaProblems, shown } from './schema-problems';

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
  const both = methodsWithBoth(written).slice(0, MOST_PROBLEMS);
  const root = both.length === 0 ? undefined : parseTree(text);
  const twice = both.map((path) => {
    const { offset } = nodeAt(root, [...path, 'kind'])!;
    const message = visibleText(`${path.join('/')} has both "kind" and "mode"; remove "kind"`);
    return { ...positionAt(text, offset), message };
  });
  if (twice.length > 0) throw new UnreadableFile(fileName, twice);
  const document = checked<ContractDocument>(withModes(written), text, fileName, CONTRACT_FORM);
  const large = tooLargeType(document);
  if (large !== undefined) throw new UnreadableFile(fileName, [largeProblem(large, text)]);
  return document;
}

function largeProblem({ name, most }: TooLargeType, text: string): Problem {
  const node = nodeAt(parseTree(text), name === undefined ? ['endpoints'] : ['types', name]);
  const what = name === undefined ? 'the types of all methods together have' : `types/${name} has`;
  const message = `${what} more than ${most} parts, counting the parts of the types that it names; write smaller types`;
  return { ...positionAt(text, node?.offset ?? 0), message };
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
  if (problems.length > 0) throw new UnreadableFile(fileName, problems);
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
  if (problems.length > 0) throw new UnreadableFile(fileName, problems);
  return JSON.parse(content);
}

/**
 * Returns the value of a valid text, or `undefined` if the text may have a problem. This is much faster than to look for
 * problems.
 */
function soundValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return keysWritten(text) === keysIn(value, DEEPEST) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Counts the keys in a valid JSON text: one colon outside of texts for each. It looks at each character once. */
function keysWritten(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COLON) count++;
    if (code !== QUOTE) continue;
    at++;
    while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  }
  return count;
}

const [QUOTE, COLON, BACKSLASH] = [34, 58, 92];

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
  return `the key ${shown(key)} appears twice in one object; keep one of them`;
}

/** Returns the first syntax error, or the first repeated keys. */
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
      onError: (code, offset) => {
        if (errors.length > 0) return; // a position takes time in proportion to the text
        errors.push({ ...positionAt(text, offset), message: `not JSON: ${inWords(printParseErrorCode(code))}` });
      },
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
        if (keys.has(key) && twice.length < MOST_PROBLEMS) twice.push({ ...positionAt(text, offset), message: repeated(key) });
        keys.add(key);
      },
    },
    { disallowComments: true },
  );
  return errors.length > 0 ? errors : twice;
}
