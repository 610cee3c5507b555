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
import { HOSTILE, type PlacedText, SAMPLE, type TextPlace, textPlaces, withTexts } from './hostile-texts';

const KEY = 'Sample@1';
const PLACES = textPlaces(SAMPLE);
/** Anything that is not to be seen, or that reorders what is seen; but the end of a line. */
const INVISIBLE = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/u;
/** Most of a report. Removed first, because classes of characters take ten times as long. */
const PLAIN = /[ -~\n]+/g;

/** Reads a contract; returns the error message if it is refused. */
function read(document: object): ContractDocument | string {
  try {
    return parseSnapshot(JSON.stringify(document), 'c.json');
  } catch (error) {
    if (error instanceof UnreadableFile) return error.message;
    throw error;
  }
}

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

const VISIBLE_LINES = /^(?:c\.json:\d+:\d+: .*(?:\n|$))+$/;

/** The places at which each text is read, and the messages with which it is refused at the others. */
const accepted = new Map<string, TextPlace[]>();
const refusals: string[] = [];
beforeAll(() => {
  for (const text of HOSTILE) {
    const places = PLACES.filter((place) => {
      const contract = read(withTexts(SAMPLE, [[place, text]]));
      if (typeof contract === 'string') refusals.push(contract);
      return typeof contract !== 'string';
    });
    accepted.set(text, places);
  }
});

test('wherever a text is refused, the message is visible and one line', () => {
  const isVisible = (message: string) => VISIBLE_LINES.test(message) && !INVISIBLE.test(message.replace(PLAIN, ''));
  expect(refusals.filter((message) => !isVisible(message))).toEqual([]);
  expect(refusals.length).toBeGreaterThan(5_000);
});

test('names, versions and keys are refused if they are not words', () => {
  const text = "'+globalThis.canary()+'";
  const taken = accepted.get(text)!.map(({ path, isKey }) => `${isKey ? '' : '='}${path.at(-1)}`);
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

/** Contracts with each text at each place that takes it: all values of one text together, and the keys of a level with one text each. */
function* hostileContracts(): Generator<readonly [ContractDocument, readonly PlacedText[]]> {
  for (const text of HOSTILE) yield contractWith(accepted.get(text)!.flatMap((place) => (place.isKey ? [] : [[place, text]])));
  // keys of one level do not hide each other in reports, as a renamed method hides its arguments
  const keys = PLACES.filter(({ isKey }) => isKey);
  const levelOf = ({ path }: TextPlace) => `${path[0]} ${path.length}`;
  for (const level of new Set(keys.map(levelOf))) {
    const places = keys.filter((key) => levelOf(key) === level);
    for (const round of HOSTILE.keys()) {
      const texts = places.map((place, index) => [place, HOSTILE[(index + round) % HOSTILE.length]!] as const);
      const taken = texts.filter(([place, text]) => accepted.get(text)!.includes(place));
      if (taken.length > 0) yield contractWith(taken);
    }
  }
}

function contractWith(texts: readonly PlacedText[]): readonly [ContractDocument, readonly PlacedText[]] {
  const contract = read(withTexts(SAMPLE, texts));
  if (typeof contract === 'string') throw new Error(contract);
  return [contract, texts];
}

test('hostile texts are text in every report', () => {
  const shown = PLACES.filter((place) => place.isKey && isReported(place));
  for (const [contract, texts] of hostileContracts()) {
    const report = reportOf(contract);
    const raw = JSON.stringify(report.findings);
    const reported = texts.filter(([place]) => shown.includes(place)).map(([, text]) => JSON.stringify(text).slice(1, -1));
    expect(reported.filter((text) => !raw.includes(text))).toEqual([]);
    for (const format of Object.keys(FORMATS) as Format[]) {
      const written = FORMATS[format](report);
      expect(written.replace(PLAIN, '')).not.toMatch(INVISIBLE);
      expect(written).not.toMatch(/##\w*\[/);
      SHAPES[format](written, report);
    }
  }
});

/** Returns whether findings contain a harmless text at a place. */
function isReported(place: TextPlace): boolean {
  const contract = read(withTexts(SAMPLE, [[place, 'harmless']]));
  return typeof contract !== 'string' && JSON.stringify(reportOf(contract).findings).includes('harmless');
}

/** The checks of each format: the places where a hostile text could add something. */
const SHAPES: Record<Format, (written: string, report: Report) => void> = {
  text: (written) => expect(written).not.toMatch(/^\s*::/m),
  json: (written, { findings }) => expect(JSON.parse(written).findings).toHaveLength(findings.length),
  github: (written, { findings }) => {
    const lines = written.split('\n').filter((line) => line !== '');
    expect(lines).toHaveLength(findings.length);
    expect(lines.filter((line) => !/^::(error|warning|notice) title=[A-Z_]+::/.test(line))).toEqual([]);
  },
  sarif: (written, { findings }) => {
    const { results } = JSON.parse(written).runs[0];
    expect(results).toHaveLength(findings.length);
    expect(results.filter(({ message }: { message: { text: string } }) => /(?<!\\)\]\(/.test(message.text))).toEqual([]);
  },
  junit: (written) => expect(written.replace(ELEMENT, '')).not.toMatch(/[<"]|&(?!(?:amp|lt|gt|quot|apos);)/),
  gitlab: (written, { findings }) => expect(JSON.parse(written)).toHaveLength(findings.length),
  markdown: (written, { findings }) => {
    const rows = written.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| | rule'));
    expect(rows).toHaveLength(findings.length);
    const outside = written.replace(/`[^`\n]*`/g, 'code').replace(/<br>|<\/?code>|<!-- -->/g, ' ');
    expect(outside).not.toMatch(/[<[\]]|@\w|:\/\/|www\./);
    expect(rows.filter((row) => row.replace(/`[^`]*`/g, 'code').split('|').length !== 9)).toEqual([]);
  },
};

const ATTRIBUTES = '(?: [a-z]+="[^"<]*")*';
const ELEMENT = new RegExp(`<\\?xml[^>]*\\?>|</?(?:testsuites|testsuite|testcase|failure|system-out)${ATTRIBUTES}/?>`, 'g');

test('generated clients compile, and run nothing of a contract', () => {
  const folder = makeFolder();
  const state = globalThis as { canary?: () => string };
  let isFired = false;
  state.canary = () => {
    isFired = true;
    return '';
  };
  try {
    const sources = [...hostileContracts()].flatMap(([contract]) =>
      Object.keys(contract.endpoints).flatMap((key) => sourceOf(contract, key)),
    );
    const different = [...new Set(sources)];
    for (const source of different) expect(source).not.toMatch(INVISIBLE);
    const files = different.map((_, index) => `client-${index}.ts`);
    folder.write(Object.fromEntries(different.map((source, index) => [files[index]!, source])));
    const options = [
      '--strict',
      '--noEmit',
      '--skipLibCheck',
      '--lib',
      'esnext',
      '--module',
      'nodenext',
      '--types',
      'node',
      '--ignoreConfig',
    ];
    const tsc = spawnSync(
      process.execPath,
      [join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, '--pretty', 'false', ...files],
      {
        cwd: folder.path,
        encoding: 'utf8',
      },
    );
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
