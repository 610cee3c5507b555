/** Texts of contracts are data in everything that is written with them: reports, source code, error messages. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { ContractDocument } from '@concord-rpc/core';
import {
  CONTRACT_SCHEMA,
  clientSource,
  diff,
  FORMATS,
  type Format,
  joinFindings,
  judge,
  lint,
  parseSnapshot,
  type Report,
  UnreadableFile,
} from '@concord-rpc/evolution';
import { isRpcError } from 'concord-rpc';
import { makeFolder, ROOT } from '../cli/run-concord';
import { HOSTILE, SAMPLE, type TextPlace, textPlaces, withTexts } from './hostile-texts';

const KEY = 'Sample@1';
const PLACES = textPlaces(SAMPLE);
/** Anything that is not to be seen, or that reorders what is seen; but the end of a line. */
const INVISIBLE = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/u;

/** Reads a contract; returns the error message if it is refused. */
function read(document: object): ContractDocument | string {
  try {
    return parseSnapshot(JSON.stringify(document), 'c.json');
  } catch (error) {
    if (error instanceof UnreadableFile) return error.message;
    throw error;
  }
}

const isReadable = (places: readonly TextPlace[], text: string) => typeof read(withTexts(SAMPLE, places, text)) !== 'string';

/** Everything that the checker says about a contract that replaces the sample, and is replaced by it. */
function reportOf(contract: ContractDocument): Report {
  const sample = SAMPLE as unknown as ContractDocument;
  const found = joinFindings(lint(contract), diff(sample, contract), diff(contract, sample));
  const [first] = found.findings;
  const text = HOSTILE.join(' ');
  const approvals = first === undefined ? [] : [{ ...first, from: first.from ?? '', to: first.to ?? '', reason: text, by: text }];
  return { ...found, title: 'check', base: text, findings: judge(found.findings, approvals, '2026-01-01').findings };
}

test('the sample has every keyword of the schema, and is a contract', () => {
  const keywords = new Set<string>();
  const collect = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'properties') for (const name of Object.keys(value as object)) keywords.add(name);
      collect(value);
    }
  };
  collect(CONTRACT_SCHEMA);
  const used = new Set(PLACES.map(({ path }) => path.at(-1)));
  expect([...keywords].filter((keyword) => !used.has(keyword) && keyword !== 'propertyNames')).toEqual([]);
  expect(read(SAMPLE)).toEqual(SAMPLE);
});

test('wherever a text is refused, the message is visible and one line', () => {
  for (const [text, place] of HOSTILE.flatMap((text) => PLACES.map((place) => [text, place] as const))) {
    const contract = read(withTexts(SAMPLE, [place], text));
    if (typeof contract !== 'string') continue;
    expect(contract).not.toMatch(INVISIBLE);
    for (const line of contract.split('\n')) expect(line).toMatch(/^c\.json:\d+:\d+: /);
  }
});

test('names, versions and keys are refused if they are not words', () => {
  const text = "'+globalThis.canary()+'";
  const taken = PLACES.filter((place) => isReadable([place], text)).map(({ path, isKey }) => `${isKey ? '' : '='}${path.at(-1)}`);
  expect([...new Set(taken)].sort()).toMatchInlineSnapshot(`
    [
      "=$schema",
      "=0",
      "=1",
      "=const",
      "=default",
      "=description",
      "=down",
      "=exchange",
      "=namespace",
      "=pattern",
      "=title",
      "=topic",
      "=use",
      "=why",
      "=x-discriminator",
      "=x-ts",
      "concord",
      "constraints",
      "down",
      "kind",
      "label",
      "late",
      "list",
      "map",
      "number",
      "odd",
      "some",
      "source",
      "state",
      "text",
      "typescript",
      "when",
    ]
  `);
});

/** Contracts that have a text wherever it is read: at all values together, and at each key by itself. */
function contractsWith(text: string, withKeys = true): readonly ContractDocument[] {
  const places = PLACES.filter((place) => isReadable([place], text));
  const keys = withKeys ? places.filter(({ isKey }) => isKey) : [];
  return [places.filter(({ isKey }) => !isKey), ...keys.map((place) => [place])]
    .map((each) => read(withTexts(SAMPLE, each, text)))
    .filter((contract) => typeof contract !== 'string');
}

test('hostile texts are text in every report', () => {
  for (const [index, text] of HOSTILE.entries()) {
    // each text at every value and at each fourth key; another fourth for the next text, so that every key has several texts
    for (const contract of contractsWith(text).filter((_, key) => key === 0 || (key + index) % 4 === 0)) {
      const report = reportOf(contract);
      for (const format of Object.keys(FORMATS) as Format[]) {
        const written = FORMATS[format](report);
        expect(written).not.toMatch(INVISIBLE);
        expect(written).not.toMatch(/##\w*\[/);
        SHAPES[format](written, report);
      }
    }
  }
}, 120_000);

/** The checks of each format: the places where a hostile text could add something. */
const SHAPES: Record<Format, (written: string, report: Report) => void> = {
  text: (written) => expect(written).not.toMatch(/^\s*::/m),
  json: (written, { findings }) => expect(JSON.parse(written).findings).toHaveLength(findings.length),
  github: (written, { findings }) => {
    const lines = written.split('\n').filter((line) => line !== '');
    expect(lines).toHaveLength(findings.length);
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) title=[A-Z_]+::/);
  },
  sarif: (written, { findings }) => {
    const { results } = JSON.parse(written).runs[0];
    expect(results).toHaveLength(findings.length);
    for (const { message } of results) expect(message.text).not.toMatch(/(?<!\\)\]\(/);
  },
  junit: (written) => expect(written.replace(ELEMENT, '')).not.toMatch(/[<"]|&(?!(?:amp|lt|gt|quot|apos);)/),
  gitlab: (written, { findings }) => expect(JSON.parse(written)).toHaveLength(findings.length),
  markdown: (written, { findings }) => {
    const rows = written.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| | rule'));
    expect(rows).toHaveLength(findings.length);
    const outside = written.replace(/`[^`\n]*`/g, 'code').replace(/<br>|<\/?code>|<!-- -->/g, ' ');
    expect(outside).not.toMatch(/[<[\]]|@\w|:\/\/|www\./);
    for (const row of rows) expect(row.replace(/`[^`]*`/g, 'code').match(/\|/g)).toHaveLength(8);
  },
};

const ATTRIBUTES = '(?: [a-z]+="[^"<]*")*';
const ELEMENT = new RegExp(`<\\?xml[^>]*\\?>|</?(?:testsuites|testsuite|testcase|failure|system-out)${ATTRIBUTES}/?>`, 'g');

/** Texts that are taken as names. */
const NAMES: ReadonlySet<string> = new Set(['class', 'Error']);

test('generated clients compile, and run nothing of a contract', () => {
  const folder = makeFolder();
  const state = globalThis as { canary?: () => string };
  let isFired = false;
  state.canary = () => {
    isFired = true;
    return '';
  };
  try {
    const sources = HOSTILE.flatMap((text) =>
      contractsWith(text, NAMES.has(text)).flatMap((contract) =>
        Object.keys(contract.endpoints).flatMap((key) => sourceOf(contract, key)),
      ),
    );
    const different = [...new Set(sources)];
    for (const source of different) expect(source).not.toMatch(INVISIBLE);
    const files = different.map((_, index) => `client-${index}.ts`);
    folder.write(Object.fromEntries(different.map((source, index) => [files[index]!, source])));
    const options = ['--strict', '--noEmit', '--skipLibCheck', '--module', 'nodenext', '--types', 'node', '--ignoreConfig'];
    const tsc = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), [...options, '--pretty', 'false', ...files], {
      cwd: folder.path,
      encoding: 'utf8',
    });
    expect(tsc.stdout).toBe('');
    for (const file of files) {
      try {
        require(join(folder.path, file));
      } catch (error) {
        // Concord refuses a contract that its classes cannot state, and a pattern may be none
        if (!isRpcError(error) && !(error instanceof SyntaxError && /regular expression/.test(error.message))) throw error;
      }
    }
    expect(isFired).toBe(false);
    expect(different.length).toBeGreaterThan(20);
  } finally {
    delete state.canary;
    folder.remove();
  }
}, 300_000);

function sourceOf(contract: ContractDocument, key: string): readonly string[] {
  try {
    return [clientSource(contract, { key })!];
  } catch (error) {
    if (isRpcError(error) && error.code === 'invalid_version') return [];
    throw error;
  }
}

describe('time is bounded by counts', () => {
  const bounded = (text: string) => {
    const started = performance.now();
    const result = (() => {
      try {
        return parseSnapshot(text, 'c.json');
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(performance.now() - started).toBeLessThan(5_000); // without bounds: minutes to years
    return result;
  };
  const documentOf = (types: object, description = '') => ({
    contract: 1,
    endpoints: {
      [KEY]: {
        version: '1.0',
        topic: 't',
        description,
        methods: { m: { mode: 'call', args: [{ name: 'a', schema: { $ref: '#/types/T0' } }] } },
      },
    },
    types,
  });
  const doubling = (depth: number, both: (next: object) => object) =>
    Object.fromEntries(
      Array.from({ length: depth + 1 }, (_, index) => [
        `T${index}`,
        index === depth ? { type: 'string' } : both({ $ref: `#/types/T${index + 1}` }),
      ]),
    );

  test.each<[string, string]>([
    ['escaped quotes', '\\"'],
    ['quotes and colons', '\\":'],
    ['backslashes', '\\\\'],
  ])('300 kB of %s are read', (_what, piece) => {
    const text = JSON.stringify(documentOf({ T0: { type: 'string' } }, 'PIECES')).replace('PIECES', piece.repeat(150_000));
    expect(typeof bounded(text)).toBe('object');
  });

  test.each<[string, (next: object) => object]>([
    ['fields', (next) => ({ type: 'object', properties: { a: next, b: next } })],
    ['members of a union', (next) => ({ anyOf: [next, { type: 'array', items: next }] })],
    ['earlier and present forms', (next) => ({ type: 'object', properties: { a: next }, additionalProperties: next })],
  ])('types that refer twice to the next as %s, 30 deep, are refused', (_what, both) => {
    expect(bounded(JSON.stringify(documentOf(doubling(30, both))))).toMatch(
      /types\/T\d+ has more than 100000 parts, counting the parts of the types that it names; write smaller types$/,
    );
    expect(typeof bounded(JSON.stringify(documentOf(doubling(8, both))))).toBe('object');
  });

  test('types that all refer to each other are refused', () => {
    const names = Array.from({ length: 14 }, (_, index) => `T${index}`);
    const all = Object.fromEntries(names.map((name) => [name, { $ref: `#/types/${name}` }]));
    const types = Object.fromEntries(names.map((name) => [name, { type: 'object', properties: all }]));
    expect(bounded(JSON.stringify(documentOf(types)))).toMatch(/has more than 100000 parts/);
  });

  test('types that all refer to the next, and a type that contains itself, are read', () => {
    const types = doubling(2_000, (next) => ({ type: 'object', properties: { a: next } }));
    expect(bounded(JSON.stringify(documentOf(types)))).toEqual(documentOf(types));
    const own = { T0: { type: 'object', properties: { left: { $ref: '#/types/T0' }, right: { $ref: '#/types/T0' } } } };
    expect(bounded(JSON.stringify(documentOf(own)))).toEqual(documentOf(own));
  });

  test('a megabyte of problems is at most ten problems', () => {
    const methods = Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`m ${index}`, {}]));
    const document = { contract: 1, endpoints: { [KEY]: { version: '1.0', topic: 't', methods } } };
    const said = bounded(JSON.stringify(document, null, 1)) as string;
    expect(said.split('\n').length).toBeLessThanOrEqual(10);
    const twice = `{${'"a":1,\n'.repeat(100_000)}"a":1}`;
    expect((bounded(twice) as string).split('\n')).toHaveLength(10);
  });
});
