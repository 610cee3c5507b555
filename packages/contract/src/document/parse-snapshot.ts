/** Reads contract files: JSON, held to the schema; what cannot be read is said with file, line and column. */
import Ajv2020, { type ErrorObject } from 'ajv/dist/2020';
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { CONTRACT_SCHEMA } from './contract-schema';
import type { Snapshot } from './snapshot';
import { nodeAt, type Position, positionAt } from './source-text';

/** One thing that is wrong with a file. */
export interface Problem extends Position {
  readonly message: string;
}

/** A file that is no contract: every problem with its line. */
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

/**
 * Reads the text of a contract file.
 *
 * @throws UnreadableFile if it is not JSON, says a key twice, or is not of the contract's schema.
 */
export function parseSnapshot(text: string, fileName: string): Snapshot {
  const value = parseJson(text, fileName);
  const problems = schemaProblems(value, text);
  if (problems.length > 0) throw new UnreadableFile(fileName, problems.slice(0, MOST_PROBLEMS));
  return value as Snapshot;
}

/**
 * Reads a JSON text in which no key stands twice.
 *
 * @throws UnreadableFile if it is not JSON or says a key twice.
 */
export function parseJson(text: string, fileName: string): unknown {
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const errors: ParseError[] = [];
  const root = parseTree(content, errors, { disallowComments: true });
  const [first] = errors;
  if (first !== undefined || root === undefined) {
    const why = content.trim() === '' ? 'the file is empty' : wordsOf(printParseErrorCode(first!.error));
    const message = `not JSON: ${why}`;
    throw new UnreadableFile(fileName, [{ ...positionAt(content, first?.offset ?? 0), message }]);
  }
  const twice = [...repeatedKeys(root)].map((key) => ({
    ...positionAt(content, key.offset),
    message: `the key ${JSON.stringify(key.value)} stands twice in one object; keep one of them`,
  }));
  if (twice.length > 0) throw new UnreadableFile(fileName, twice);
  return JSON.parse(content);
}

/** `PropertyNameExpected` as words. */
function wordsOf(code: string): string {
  return code.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

function* repeatedKeys(root: Node): Generator<Node> {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === 'object') {
      const seen = new Set<unknown>();
      for (const property of node.children ?? []) {
        const key = property.children![0]!;
        if (seen.has(key.value)) yield key;
        seen.add(key.value);
      }
    }
    waiting.push(...(node.children ?? []));
  }
}

let validate: ReturnType<Ajv2020['compile']> | undefined;

function schemaProblems(value: unknown, text: string): Problem[] {
  validate ??= new Ajv2020({ allErrors: true, strict: false, verbose: true }).compile(CONTRACT_SCHEMA);
  if (validate(value)) return [];
  const root = parseTree(text);
  return (validate.errors ?? []).filter(({ keyword }) => !WRAPPERS.has(keyword)).map((error) => problemOf(error, root, text));
}

/** Errors that only say that others were found inside. */
const WRAPPERS: ReadonlySet<string> = new Set(['anyOf', 'propertyNames']);

function problemOf(error: ErrorObject, root: Node | undefined, text: string): Problem {
  const path = error.instancePath.split('/').slice(1).map(unescaped);
  const at = path.map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
  const extra = error.params['additionalProperty'] ?? error.propertyName;
  const node = nodeAt(root, extra === undefined ? at : [...at, extra]);
  return { ...positionAt(text, node?.offset ?? 0), message: sentenceOf(error, path.join('/') || 'the document') };
}

function sentenceOf({ keyword, params, message, data, propertyName }: ErrorObject, where: string): string {
  const value = JSON.stringify(data)?.slice(0, 60);
  if (propertyName !== undefined) return `${where} has the key ${JSON.stringify(propertyName)}; it must look like Name@1`;
  if (keyword === 'additionalProperties') {
    return `${where} has ${JSON.stringify(params['additionalProperty'])}, which contract files do not know`;
  }
  if (keyword === 'required') return `${where} lacks ${JSON.stringify(params['missingProperty'])}`;
  if (keyword === 'enum') return `${where} must be one of ${params['allowedValues'].join(', ')}; it is ${value}`;
  if (keyword === 'const') return `${where} must be ${JSON.stringify(params['allowedValue'])}; it is ${value}`;
  return `${where} ${message}; it is ${value}`;
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
